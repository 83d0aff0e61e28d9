"""The site map, in the order of the work: import, judge, review, agreement, export."""

from django.contrib import admin
from django.contrib.auth import views as auth_views
from django.urls import include, path
from django.utils.translation import gettext_lazy as _

from annotation.views import agreement
from evalsite import views

admin.site.site_header = admin.site.site_title = _("evalsite back office")

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("language/", views.language, name="language"),
    path("login/", views.LogIn.as_view(), name="login"),
    path("logout/", auth_views.LogoutView.as_view(), name="logout"),
    path("", include("judging.urls")),
    path("", include("annotation.urls")),
    path("", include("training_export.urls")),
    path("admin/agreement/", admin.site.admin_view(agreement.agreement_admin_list), name="agreement_admin_list"),
    path(
        "admin/agreement/<int:dataset_pk>/",
        admin.site.admin_view(agreement.agreement_admin_report),
        name="agreement_admin_report",
    ),
    path("admin/", admin.site.urls),
]
