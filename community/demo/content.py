"""The invented people and words of the demo community, read from the TOML files beside this one."""

import tomllib
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent


def table(name: str) -> list[dict[str, Any]]:
    """Return the rows of the file that holds `[[name]]` tables, or of the file that holds them under another name."""
    files = {"space": "spaces", "person": "people", "credential": "credentials", "held": "queue", "decided": "decided"}
    files |= {"rule": "rules", "shift": "rota"}
    rows: list[dict[str, Any]] = tomllib.loads((HERE / f"{files[name]}.toml").read_text(encoding="utf-8"))[name]
    return rows


def threads() -> list[dict[str, Any]]:
    """Return every thread with its replies, the oldest first."""
    found = [tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted((HERE / "threads").glob("*.toml"))]
    return sorted(found, key=lambda entry: -float(entry["thread"]["days_ago"]))
