"""A refusal is a value with a reason: usable in an `if` and in the message shown to a person."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.utils.functional import Promise

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Allowed:
    """Yes."""

    def __bool__(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Denied:
    """No, and why, in words for the person who asked."""

    reason: Words

    def __bool__(self) -> bool:
        return False


Answer = Allowed | Denied


class NotAllowedError(PermissionDenied):
    """Raised by an action whose rule says no; `str()` is the reason."""


class ConflictError(Exception):
    """Raised by an action that came too late: somebody else changed the thing meanwhile."""


class InvalidError(ValueError):
    """Raised by an action for input that breaks a rule; `field` names the form field to mark, if one."""

    def __init__(self, message: Words, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


def require(answer: Answer) -> None:
    """Raise NotAllowedError with the reason when `answer` is a refusal."""
    if isinstance(answer, Denied):
        raise NotAllowedError(answer.reason)
