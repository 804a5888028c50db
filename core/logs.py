"""What may be logged: names, ids and durations; never what a member wrote."""

import logging


class WithoutRequestBody(logging.Filter):
    """Drop the request object and local variables from records, so that no handler can print a posted story."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return True always; only the record's dangerous attributes are removed."""
        record.__dict__.pop("request", None)
        if record.exc_info and record.exc_info[1] is not None:
            # The text of an exception may quote the value that caused it (database errors do).
            kind = type(record.exc_info[1]).__name__
            record.exc_text = f"{kind} at {_place(record.exc_info[2])}"
        return True


def _place(trace: object) -> str:
    frames = []
    while trace is not None:
        code = trace.tb_frame.f_code  # type: ignore[attr-defined]  # a traceback, typed as object by logging
        frames.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}")  # type: ignore[attr-defined]
        trace = trace.tb_next  # type: ignore[attr-defined]
    return " > ".join(frames[-6:])
