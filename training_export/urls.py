"""Pages of this app."""

from django.urls import path

from training_export import views

urlpatterns = [
    path("exports/", views.export_list, name="export_list"),
    path("exports/new/", views.export_create, name="export_create"),
    path("exports/<int:pk>/", views.export_detail, name="export_detail"),
    path("exports/<int:pk>/files/<path:name>", views.export_file, name="export_file"),
    path("review/<int:campaign_pk>/save-log/", views.review_save_log, name="review_save_log"),
]
