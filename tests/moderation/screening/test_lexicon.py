from pathlib import Path

import pytest

from moderation.screening.engine import read
from moderation.screening.evaluation import own_corpus
from moderation.screening.lexicon import LexiconError, lexicon, load, pattern_keys, pattern_source
from moderation.screening.normalise import fold
from moderation.screening.passages import sentences
from moderation.screening.reading import RISKS

WORDS = '[groups]\nthird = "he|she"\n'
RULE = (
    '[[rule]]\nid = "a.b"\ncategory = "violence_coercion"\nseverity = 3\nreason = "Someone is hit."\n'
    'patterns = ["{third} <hits> me"]\n'
)


def lexicon_in(folder: Path, content: str):
    (folder / "words.toml").write_text(WORDS, encoding="utf-8")
    (folder / "rules.toml").write_text(content, encoding="utf-8")
    return load(folder)


def test_rule_is_loaded_with_its_keys(tmp_path: Path) -> None:
    loaded = lexicon_in(tmp_path, RULE)

    assert [rule.id for rule in loaded.rules] == ["a.b"]
    assert set(loaded.index) == {"hits"}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("violence_coercion", "nonsense", "rules.toml: a.b: 'nonsense' is not a valid Category"),
        ("severity = 3", "severity = 5", "rules.toml: a.b: severity is 5; expected 1, 2, 3 or 4"),
        ("Someone is hit.", "hit", "rules.toml: a.b: the reason must be one full sentence"),
        ("{third}", "{unheard}", "unknown word group {unheard}"),
        ("<hits> me", "<hits> .* me", "unlimited repetition is not allowed"),
        ("<hits> me", "<hits> (me", "a.b: pattern"),
        ("<hits> me", "(<hits>|beats) me", "it must enclose all of it"),
        ('id = "a.b"\n', "", "a [[rule]] has no id"),
        ("severity", "colour = 1\nseverity", "a.b: unknown field colour"),
        ("[[rule]]", "[[rules]]", "unknown table [[rules]]"),
        ('patterns = ["{third} <hits> me"]', "patterns = []", "it has no patterns"),
        ("patterns = [", 'who = "aunt"\npatterns = [', "who is 'aunt'"),
    ],
)
def test_wrong_entry_is_named_in_the_error(tmp_path: Path, old: str, new: str, told: str) -> None:
    with pytest.raises(LexiconError) as caught:
        lexicon_in(tmp_path, RULE.replace(old, new))

    assert told in str(caught.value)


def test_combination_of_unknown_parts_is_refused(tmp_path: Path) -> None:
    combination = RULE.replace("[[rule]]", "[[combination]]").replace(
        'patterns = ["{third} <hits> me"]', 'all = ["x", "y"]'
    )

    with pytest.raises(LexiconError, match="there is no part or rule named x"):
        lexicon_in(tmp_path, combination)


def test_id_used_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match=r"the id a\.b is used twice"):
        lexicon_in(tmp_path, RULE + RULE)


def test_every_risk_has_a_rule_or_combination() -> None:
    known = lexicon()
    categories = {entry.category for entry in (*known.rules, *known.combinations)}

    assert set(RISKS) - categories == set()


def test_keys_lose_no_match_of_the_corpus() -> None:
    known = lexicon()
    lost = []
    for passage in own_corpus(split="dev")[::5]:
        plain = fold(passage.text).plain
        for sentence in sentences(plain):
            for rule in known.rules:
                for pattern, keys in zip(rule.patterns, rule.keys, strict=True):
                    match = pattern.search(plain, sentence.start, sentence.end)
                    words = match.group().replace("'", "") if match else ""
                    if match and not any(key in words for key in keys):
                        lost.append((rule.id, match.group()))

    assert lost == []


def test_pattern_notation_is_translated() -> None:
    source = pattern_source("{third} .. don't <car*>", groups={"third": "he|she"})

    assert "(?:he|she)" in source
    assert "don'?t" in source
    assert pattern_keys("{third} .. don't <(car*|a black van)>", groups={"third": "he"}) == ("black", "car")


def test_sentences_keep_abbreviations_and_cut_at_line_ends() -> None:
    text = "i saw dr. smith today. it was fine\n\nnext! and 2.5 mg of it"

    parts = [(text[part.start : part.end].strip(), part.paragraph) for part in sentences(text)]

    assert parts == [("i saw dr. smith today.", 0), ("it was fine", 0), ("next!", 1), ("and 2.5 mg of it", 1)]


def test_fold_leads_back_to_every_character() -> None:
    text = "a\u200bｂ\u0301c ﬁne ’x’ looong"

    folded = fold(text)

    assert folded.plain == "abc fine 'x' long"
    assert [text[slice(*folded.span(at, at + 1))] for at in range(3)] == ["a", "ｂ", "c"]
    assert read(text).severity == 0
