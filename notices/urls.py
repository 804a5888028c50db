"""Addresses of notices."""

from django.urls import path

from notices import views

app_name = "notices"
urlpatterns = [
    path("me/notices/", views.list, name="list"),
    path("me/notices/read/", views.read_all, name="read_all"),
    path("me/notices/mail/", views.settings_save, name="settings_save"),
    path("me/notices/<int:notice_id>/", views.notice_open, name="notice_open"),
    path("mail/off/<str:token>/", views.mail_off, name="mail_off"),
]
