"""Keyset pagination: pages that stay stable and equally quick, however long the list grows."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page of rows; `next_key` is the value of `?after=` for the next page, empty on the last one."""

    rows: list[Row]
    next_key: str
    is_first: bool

    @property
    def has_next(self) -> bool:
        """Whether there is more to read."""
        return bool(self.next_key)


def paginate(rows: QuerySet[Row], *, by: Sequence[str], after: str = "", size: int = 20) -> Page[Row]:
    """Return the page of `rows` behind the key `after`, in the order `by` (field names, "-" for descending).

    The last field of `by` must be unique, so that no row is skipped or shown twice. A key that cannot be read counts as
    the first page: an old or broken link still shows something.
    """
    ordered = rows.order_by(*by)
    values = _decode(after, len(by))
    if values is not None:
        try:
            ordered = ordered.filter(_behind(by, values))
        except (ValidationError, ValueError, TypeError):
            values = None
    found = list(ordered[: size + 1])
    shown = found[:size]
    more = len(found) > size
    return Page(rows=shown, next_key=_encode(shown[-1], by) if more else "", is_first=values is None)


def _behind(by: Sequence[str], values: list[str | int]) -> Q:
    """Return the condition "sorts after these values", field by field."""
    condition = Q()
    equal = Q()
    for name, value in zip(by, values, strict=True):
        field, comparison = (name[1:], "lt") if name.startswith("-") else (name, "gt")
        condition |= equal & Q(**{f"{field}__{comparison}": value})
        equal &= Q(**{field: value})
    return condition


def _encode(row: Model, by: Sequence[str]) -> str:
    values = []
    for name in by:
        value = getattr(row, name.lstrip("-"))
        values.append(value.isoformat() if isinstance(value, datetime) else value)
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def _decode(key: str, length: int) -> list[str | int] | None:
    if not key:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(key + "=" * (-len(key) % 4)))
    except (ValueError, binascii.Error):
        return None
    if not isinstance(values, list) or len(values) != length or not all(isinstance(v, str | int) for v in values):
        return None
    return values
