"""Bring a file of helplines into the directory."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from helplines import actions, directory


class Command(BaseCommand):
    """Import helplines from a CSV file; all rows arrive unverified."""

    help = (
        "Import helplines from a CSV file such as helplines/data/directory.csv. Rows arrive unverified: nobody sees one "
        "before an operator has checked it. Importing the same file again changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the file and the dry run."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="Read and check the file, store nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, check and store; a file with a fault is not stored at all."""
        file: Path = options["file"]
        try:
            with file.open(encoding="utf-8-sig", newline="") as lines:
                reading = directory.read(lines)
        except (OSError, UnicodeDecodeError) as error:
            message = f"{file} cannot be read: {error}"
            raise CommandError(message) from error
        for remark in reading.left_out:
            self.stderr.write(f"left out, {remark}")
        if reading.faults:
            found = "\n".join(str(remark) for remark in reading.faults)
            message = f"Nothing was imported. Please put right:\n{found}"
            raise CommandError(message)
        if options["dry_run"]:
            self.stdout.write(f"{len(reading.rows)} rows can be imported. Nothing was stored.")
            return
        done = actions.import_rows(reading.rows, at=timezone.now())
        self.stdout.write(
            f"{done.added} rows added, {done.changed} changed, {done.same} as they were. "
            "New and changed rows are shown once an operator has verified them."
        )
