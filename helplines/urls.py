"""Addresses of the help page."""

from django.urls import path

from helplines import views

app_name = "helplines"
urlpatterns = [
    path("help/", views.help, name="help"),
    path("help/country/", views.country_choose, name="country_choose"),
]
