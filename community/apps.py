from django.apps import AppConfig

from community import celery as celery  # the app must exist before any shared task is rung


class CommunityConfig(AppConfig):
    name = "community"
