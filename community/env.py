"""Typed readers for settings that come from the environment.

Each reader refuses a wrong value with a message that names the variable, and each also reads `NAME_FILE`, the path of a
file that holds the value, so that secrets need not stand in the environment.
"""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}


def text(name: str, default: str | None = None) -> str:
    """Return the variable `name` (or the content of the file in `NAME_FILE`), else `default`.

    Raises ImproperlyConfigured when neither is set and there is no default, or the file cannot be read.
    """
    file_name = os.environ.get(f"{name}_FILE")
    if file_name:
        try:
            return Path(file_name).read_text(encoding="utf-8").strip()
        except OSError as error:
            message = f"{name}_FILE names {file_name}, which cannot be read: {error.strerror}."
            raise ImproperlyConfigured(message) from error
    value = os.environ.get(name, default)
    if value is None:
        message = f"{name} is not set. Set it, or {name}_FILE, before starting Alongside."
        raise ImproperlyConfigured(message)
    return value


def flag(name: str, *, default: bool) -> bool:
    """Return the variable `name` as a truth value: 1/true/yes/on or 0/false/no/off."""
    value = text(name, "1" if default else "0").strip().lower()
    if value in _TRUE:
        return True
    if value in _FALSE:
        return False
    message = f"{name} is {value!r}; use 1 or 0."
    raise ImproperlyConfigured(message)


def number(name: str, default: int) -> int:
    """Return the variable `name` as a whole number."""
    value = text(name, str(default))
    try:
        return int(value)
    except ValueError as error:
        message = f"{name} is {value!r}; use a whole number."
        raise ImproperlyConfigured(message) from error


def number_within(name: str, default: int, *, lowest: int, highest: int, why: str) -> int:
    """Return the variable `name` as a whole number of `lowest` to `highest`; `why` is said when it is another one."""
    value = number(name, default)
    if not lowest <= value <= highest:
        message = f"{name} is {value}; use {lowest} to {highest}. {why}"
        raise ImproperlyConfigured(message)
    return value


def words(name: str, default: str = "") -> list[str]:
    """Return the variable `name` as a list, split at commas, empty parts left out."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]
