import re
from pathlib import Path

import pytest

from moderation.screening import engine
from moderation.screening.corpus import early_corpus
from moderation.screening.engine import read
from moderation.screening.language import KNOWN
from moderation.screening.lexicon import LexiconError, lexicon, lexicon_for, load, shipped, use_lexicon
from moderation.screening.normalise import fold
from moderation.screening.passages import sentences
from moderation.screening.pattern_notation import pattern_keys, pattern_source
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
        ('patterns = ["{third} <hits> me"]', 'patterns = "hits me"', "patterns must be a list of texts in quotes"),
        ("severity = 3", "severity = 3\npast = 9", "past is 9; expected 1, 2, 3 or 4"),
        ("severity = 3", 'severity = 3\nnegation = "no"', "negation is 'no'; expected true or false"),
        ("severity = 3", 'severity = 3\nusually = "long ago"', "usually is 'long ago'"),
        ("[[rule]]", "[rule]", "write [[rule]] in double brackets"),
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


@pytest.mark.parametrize("language", KNOWN)
def test_every_risk_has_a_rule_or_combination(language: str) -> None:
    known = lexicon(language)
    categories = {entry.category for entry in (*known.rules, *known.combinations)}

    assert set(RISKS) - categories == set()


def test_keys_lose_no_match_of_the_corpus() -> None:
    known = lexicon()
    lost = []
    for passage in early_corpus(part="dev")[::5]:
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


def test_accents_in_patterns_count_for_nothing() -> None:
    assert pattern_keys("<sueño> mañana", groups={}) == ("sueno",)
    assert re.fullmatch(pattern_source("{cuando} mañana", groups={"cuando": "después|ayer"}), "despues manana")


def test_ids_are_unique_across_languages() -> None:
    ids = [entry.id for language in KNOWN for entry in (*shipped(language).rules, *shipped(language).combinations)]

    assert len(ids) == len(set(ids))


OWN = (
    '[[rule]]\nid = "our_town.gate"\ncategory = "suicide_self_harm"\nseverity = 4\nwho = "writer"\n'
    'reason = "The writer speaks of the old water gate."\npatterns = ["(up at|climbing) the <water gate>"]\n'
)


@pytest.fixture
def operators_folder(tmp_path: Path):
    (tmp_path / "en").mkdir()
    yield tmp_path
    use_lexicon(None)


def test_operators_entry_is_added_and_taken_out_again(operators_folder: Path) -> None:
    (operators_folder / "en" / "town.toml").write_text(OWN, encoding="utf-8")

    engine.use_lexicon(operators_folder)
    with_own = read("I am up at the water gate. I want to die.")
    engine.use_lexicon(None)
    without = read("I am up at the water gate.")

    assert {finding.rule for finding in with_own.findings} == {"our_town.gate", "suicide.wish_to_die"}
    assert without.findings == ()


def test_operators_entry_may_use_shipped_and_own_word_groups(operators_folder: Path) -> None:
    (operators_folder / "en" / "words.toml").write_text('[groups]\nour_bridge = "stone bridge|lady bridge"\n')
    (operators_folder / "en" / "town.toml").write_text(
        OWN.replace("(up at|climbing) the <water gate>", "{third} .. <{our_bridge}>")
    )

    known = lexicon_for("en", operators_folder)

    assert "our_town.gate" in {rule.id for rule in known.rules}
    assert len(known.rules) == len(shipped("en").rules) + 1


def test_other_languages_stay_as_shipped(operators_folder: Path) -> None:
    (operators_folder / "en" / "town.toml").write_text(OWN, encoding="utf-8")

    assert lexicon_for("es", operators_folder) is shipped("es")


def test_shipped_entry_below_three_can_be_switched_off(operators_folder: Path) -> None:
    (operators_folder / "en" / "off.toml").write_text('[[off]]\nid = "spam.healer"\nwhy = "A group of our own."\n')

    known = lexicon_for("en", operators_folder)

    assert "spam.healer" not in {rule.id for rule in known.rules}


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.toml", OWN.replace("severity = 4", "severity = 9"), "en/a.toml: our_town.gate: severity is 9"),
        ("a.toml", OWN + OWN, "the id our_town.gate is used twice"),
        ("a.toml", OWN.replace("our_town.gate", "violence.hits"), "violence.hits: a shipped entry has this id"),
        (
            "a.toml",
            '[[off]]\nid = "violence.hits"\n',
            "violence.hits: a shipped entry of severity 3 cannot be switched off",
        ),
        ("a.toml", '[[off]]\nid = "violence.weather"\n', "violence.weather: there is no shipped rule or combination"),
        ("a.toml", '[[off]]\nid = "child.child"\n', "child.child: there is no shipped rule or combination"),
        ("a.toml", '[[off]]\nid = "spam.healer"\nif = "night"\n', "spam.healer: unknown field if"),
        ("a.toml", "[[rule]\n", "en/a.toml: "),
        ("words.toml", '[groups]\nthird = "he"\n', "en/words.toml: {third} is a shipped word group"),
        ("grammar.toml", "", "en/grammar.toml: grammar and idioms cannot be added"),
        ("idioms.txt", "to die for\n", "en/idioms.txt: grammar and idioms cannot be added"),
        ("../a.toml", OWN, "a.toml: entries belong into a folder named en or es"),
    ],
)
def test_wrong_operators_entry_is_named_and_changes_nothing(
    operators_folder: Path, name: str, content: str, told: str
) -> None:
    (operators_folder / "en" / name).write_text(content, encoding="utf-8")
    before = lexicon("en")

    with pytest.raises(LexiconError) as caught:
        engine.use_lexicon(operators_folder)

    assert told in str(caught.value)
    assert lexicon("en") is before


def test_unknown_language_and_missing_folder_are_refused(tmp_path: Path) -> None:
    (tmp_path / "fr").mkdir()
    (tmp_path / "fr" / "a.toml").write_text(OWN, encoding="utf-8")

    with pytest.raises(LexiconError, match="fr: entries belong into a folder named en or es"):
        use_lexicon(tmp_path)
    with pytest.raises(LexiconError, match="there is no such folder"):
        use_lexicon(tmp_path / "gone")


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
