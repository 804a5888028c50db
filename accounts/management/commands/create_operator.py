"""Make the first operator of a new site."""

import secrets
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts import actions
from core.results import InvalidError, NotAllowedError

# 18 bytes are 144 bits, written as 24 letters, digits, "-" and "_".
_PASSWORD_BYTES = 18


class Command(BaseCommand):
    """Create an account, make it the first operator and print its password once."""

    help = (
        "Create the first operator and print a generated password once. Further operators are appointed by operators."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the username."""
        parser.add_argument("username", help="The name to sign in with. It is not shown to anyone.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Create the account, or explain why not."""
        password = secrets.token_urlsafe(_PASSWORD_BYTES)
        try:
            member = actions.create_first_operator(options["username"], password=password, at=timezone.now())
        except InvalidError as error:
            raise CommandError(str(error.message)) from error
        except NotAllowedError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Username: {member.username}\nPassword: {password}\nIt is shown this once. Change it after signing in."
        )
