"""What may be logged: names, ids and durations; never what a member wrote."""

import logging
from types import TracebackType
from typing import Any

_FRAMES = 6
# Celery puts the exception's own words and its trace into the arguments of a failed task's message.
_QUOTING = {"exc", "traceback", "args", "kwargs"}


class WithoutRequestBody(logging.Filter):
    """Leave the request and the text of exceptions out of records, so that no handler can print a posted story.

    The text of an exception may quote the value that caused it (database errors do), so of an exception only its kind and
    place are told, wherever the record carries it.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Return True always; only what may quote somebody is removed."""
        record.__dict__.pop("request", None)
        record.__dict__.pop("data", None)
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(record.args, dict):
            record.args = {name: _told(value, name, error) for name, value in record.args.items()}
        elif record.args:
            record.args = tuple(_told(value, "", error) for value in record.args)
        if isinstance(record.msg, BaseException):
            record.msg = type(record.msg).__name__
        if error is not None and record.exc_info:
            record.msg = str(record.msg).replace(str(error) or "\0", type(error).__name__)
            record.exc_text = f"{type(error).__name__} at {_place(record.exc_info[2])}"
        return True


def _told(value: Any, name: str, error: BaseException | None) -> Any:
    """Return an argument of a message as it may be logged."""
    if isinstance(value, BaseException):
        return type(value).__name__
    if error is not None:
        if name in _QUOTING:
            return type(error).__name__
        if isinstance(value, str) and str(error) and str(error) in value:
            return type(error).__name__
    return value


def _place(trace: TracebackType | None) -> str:
    frames = []
    while trace is not None:
        frames.append(f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}")
        trace = trace.tb_next
    return " > ".join(frames[-_FRAMES:])
