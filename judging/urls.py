"""Pages of this app."""

from django.urls import URLPattern, path

from judging.views import datasets

urlpatterns: list[URLPattern] = [
    path("datasets/", datasets.dataset_list, name="dataset_list"),
    path("datasets/<int:pk>/", datasets.dataset_detail, name="dataset_detail"),
    path("datasets/<int:pk>/items/<int:position>/", datasets.item_detail, name="item_detail"),
]
