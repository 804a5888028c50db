"""Make ready what a start needs: the data folder, the database's tables, the static files, the sentence encoder."""

import hashlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from community import preflight


class Command(BaseCommand):
    """`manage.py prepare`: may be run at any time; what is up to date is left alone, so a second run is cheap."""

    help = "Prepare the data folder, the database, the static files and the sentence encoder."
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        """Prepare everything; raises CommandError with one line when the data folder cannot be used."""
        try:
            preflight.check_folder(settings.DATA_DIR)
        except preflight.PreflightError as error:
            raise CommandError(str(error)) from error
        self._migrate()
        self._collect_static()
        call_command("prepare_screening", quiet=True, stdout=self.stdout)

    def _migrate(self) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.stdout.write("Preparing the database ...")
            call_command("migrate", interactive=False, verbosity=0)

    def _collect_static(self) -> None:
        stamp = settings.DATA_DIR / "static-stamp"
        digest = _static_digest()
        if Path(settings.STATIC_ROOT).is_dir() and stamp.is_file() and stamp.read_text(encoding="ascii") == digest:
            return
        self.stdout.write("Preparing styles and pictures ...")
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        stamp.write_text(digest, encoding="ascii")


def _static_digest() -> str:
    """Return a digest of every static file's place, size and time of change, and of how they are stored."""
    digest = hashlib.sha256(str(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            status = Path(storage.path(path)).stat()
            digest.update(f"{path}|{status.st_size}|{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()
