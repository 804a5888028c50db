from django.apps import AppConfig


class CounselConfig(AppConfig):
    name = "counsel"

    def ready(self) -> None:
        from counsel import receivers  # noqa: F401, PLC0415  connecting receivers needs the models loaded
