from importlib import import_module

from django.apps import AppConfig


class ModerationConfig(AppConfig):
    name = "moderation"

    def ready(self) -> None:
        """Listen to forums, declare checks, and read with the operator's own lexicon in every process."""
        import_module("moderation.receivers")
        import_module("moderation.nudges")
        import_module("moderation.checks")
        import_module("moderation.screener").use_own_lexicon()
