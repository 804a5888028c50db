import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from moderation.screening.engine import read

DEMO = Path(__file__).parents[3] / "community" / "demo"


def _held() -> list[dict]:
    return tomllib.loads((DEMO / "queue.toml").read_text(encoding="utf-8"))["held"]


def _bodies(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("body"), str):
            yield value["body"]
        for inner in value.values():
            yield from _bodies(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _bodies(inner)


@pytest.mark.parametrize("post", _held(), ids=lambda post: post["key"])
def test_held_post_is_read_within_one_level_of_what_it_needs(post: dict) -> None:
    expected = post["expect_severity"]

    severity = read(post["body"]).severity

    assert abs(severity - expected) <= 1
    assert expected < 3 or severity >= 3


@pytest.mark.parametrize("path", sorted((DEMO / "threads").glob("*.toml")), ids=lambda path: path.stem)
def test_published_posts_are_never_read_as_urgent(path: Path) -> None:
    bodies = list(_bodies(tomllib.loads(path.read_text(encoding="utf-8"))))

    assert bodies
    assert [body[:60] for body in bodies if read(body).severity >= 3] == []
