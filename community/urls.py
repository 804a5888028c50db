"""Addresses of the whole site."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from community import health, styleguide, views

urlpatterns = [
    path("", views.home, name="home"),
    path("leave/", views.about_leaving, name="about_leaving"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("me/", views.me, name="me"),
    path("", include("accounts.urls")),
    path("", include("helplines.urls")),
    path("", include("notices.urls")),
    path("", include("forums.urls")),
    path("", include("moderation.urls")),
    path("", include("counsel.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]

if settings.DEBUG:
    urlpatterns.append(path("styleguide/", styleguide.styleguide, name="styleguide"))

handler500 = "community.views.server_error"
