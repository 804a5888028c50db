"""Addresses of accounts; signing in and up stand under allauth's own addresses."""

from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("me/pen-names/", views.pen_names, name="pen_names"),
    path("me/pen-names/<str:public_id>/retire/", views.pen_name_retire, name="pen_name_retire"),
    path("me/privacy/", views.privacy, name="privacy"),
]
