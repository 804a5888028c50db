"""Keyset pagination: pages that stay stable and equally quick, however long the list grows."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

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
    values = _decode(after, rows.model, by)
    if values is not None:
        ordered = ordered.filter(_behind(by, values))
    found = list(ordered[: size + 1])
    shown = found[:size]
    more = len(found) > size
    return Page(rows=shown, next_key=_encode(shown[-1], by) if more else "", is_first=values is None)


def _behind(by: Sequence[str], values: list[Any]) -> Q:
    """Return the condition "sorts after these values", field by field."""
    condition = Q()
    equal = Q()
    for name, value in zip(by, values, strict=True):
        field, comparison = _after(name)
        condition |= equal & Q(**{f"{field}__{comparison}": value})
        equal &= Q(**{field: value})
    # Says nothing new, but it is the bound from which a database begins to read its index.
    field, comparison = _after(by[0])
    return Q(**{f"{field}__{comparison}e": values[0]}) & condition


def _after(name: str) -> tuple[str, str]:
    """Return the field and the comparison of what sorts after a value in the order `name`."""
    return (name[1:], "lt") if name.startswith("-") else (name, "gt")


def _encode(row: Model, by: Sequence[str]) -> str:
    values = []
    for name in by:
        value = getattr(row, name.lstrip("-"))
        values.append(value.isoformat() if isinstance(value, datetime) else value)
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def _decode(key: str, model: type[Model], by: Sequence[str]) -> list[Any] | None:
    """Return the values of a key as the database takes them; None when there is no key or nobody here made it."""
    if not key:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(key + "=" * (-len(key) % 4)))
        if not isinstance(values, list):
            return None
        return [_value(model, name.lstrip("-"), value) for name, value in zip(by, values, strict=True)]
    except (ValidationError, ValueError, TypeError, OverflowError, RecursionError):
        return None


def _value(model: type[Model], name: str, value: object) -> Any:
    """Return `value` as the field's own type; raises for what the field or a database cannot hold."""
    if not isinstance(value, str | int):
        raise TypeError(name)
    if "\x00" in str(value).encode().decode():
        raise ValueError(name)
    options = model._meta  # noqa: SLF001  Django's documented way to a field
    known = (options.pk if name == "pk" else options.get_field(name)).to_python(value)  # type: ignore[union-attr]
    # The first and last days of the calendar cannot be told in UTC.
    return known.astimezone(UTC) if isinstance(known, datetime) else known
