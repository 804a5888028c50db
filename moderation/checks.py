"""What `manage.py check` says about screening."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from moderation import screener


@register()
def check_own_lexicon(**_kwargs: Any) -> list[CheckMessage]:
    """Name the file and the entry of the operator's own lexicon that cannot be used."""
    problem = screener.use_own_lexicon()
    if not problem:
        return []
    hint = f"Mend the entry, or take the file out of {screener.lexicon_folder()}. Then start again."
    return [Error(f"Screening: {problem}", hint=hint, id="moderation.E001")]
