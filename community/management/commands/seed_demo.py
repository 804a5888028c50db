"""Fill an empty site with the invented demo community."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import User
from community.demo.loader import DemoLoader


class Command(BaseCommand):
    """`manage.py seed_demo`: spaces, people, stories, a queue. Everything in it is made up and says so."""

    help = "Fill an empty site with the demo community and print its accounts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take --if-empty."""
        parser.add_argument("--if-empty", action="store_true", help="do nothing when there are accounts already")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load the community; keep the account lines in DATA_DIR/demo-accounts.txt, readable by its owner alone."""
        if User.objects.exists():
            if options["if_empty"]:
                return
            message = "There are accounts already. The demo community is for an empty site: choose another DATA_DIR."
            raise CommandError(message)
        rows = DemoLoader(timezone.now()).load()
        lines = "".join(f"{row['role']:<10} {row['username']:<10} {row['password']}\n" for row in rows)
        write_private(Path(settings.DATA_DIR) / "demo-accounts.txt", lines)
        self.stdout.write(lines, ending="")


def write_private(path: Path, text: str) -> None:
    """Write `text` to `path`, mode 600."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
