from django.apps import AppConfig

import community.celery  # noqa: F401  the app must exist before any shared task is rung


class CommunityConfig(AppConfig):
    name = "community"
