from pathlib import Path

import pytest

from moderation.screening import grammar as grammars
from moderation.screening.grammar import grammar
from moderation.screening.language import KNOWN
from moderation.screening.lexicon import FOLDER, LexiconError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("words.toml", "grammar.toml", "idioms.txt"):
        (tmp_path / name).write_text((FOLDER / "en" / name).read_text(encoding="utf-8"), encoding="utf-8")
    return tmp_path


def changed(folder: Path, old: str, new: str) -> Path:
    path = folder / "grammar.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return folder


@pytest.mark.parametrize("language", KNOWN)
def test_grammar_is_read_once_per_language(language: str) -> None:
    assert grammar(language) is grammar(language)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("[mine]\n", "[ours]\n", "grammar.toml: unknown entry [ours]"),
        ("[mine]\npieces = [\n  'my', 'me', 'ma',\n]\n", "", "grammar.toml: missing entry [mine]"),
        ("'my', 'me', 'ma',", "", "[mine]: pieces must be a list of words"),
        ("'my', 'me', 'ma',", "7,", "[mine]: pieces must be a list of words"),
        ("'my', 'me', 'ma',", "'m.*',", "[mine]: piece 'm.*': unlimited repetition"),
        ("'my', 'me', 'ma',", "'m\\w+',", "unlimited repetition"),
        ("'my', 'me', 'ma',", "'(my',", "[mine]: piece '(my'"),
        ("'my', 'me', 'ma',", "'{nobodys}',", "unknown word group {nobodys}"),
        ("[mine]\n", "[mine]\nplace = 1\n", "[mine]: expected pieces, and nothing else"),
        ("[said_by_other]\nfirst", "[said_by_other]\nsecond", "[said_by_other]: expected first and pieces"),
        ("[mine]\n", "[mine\n", "grammar.toml: "),
    ],
)
def test_wrong_entry_is_named_in_the_error(folder: Path, old: str, new: str, told: str) -> None:
    with pytest.raises(LexiconError) as caught:
        grammars.load(changed(folder, old, new))

    assert told in str(caught.value)


def test_wrong_idiom_is_named_with_its_line(folder: Path) -> None:
    (folder / "idioms.txt").write_text("# turns of phrase\nto (die for\n", encoding="utf-8")

    with pytest.raises(LexiconError, match=r"idioms\.txt, line 2"):
        grammars.load(folder)


def test_missing_word_group_of_persons_is_named(folder: Path) -> None:
    (folder / "words.toml").write_text('[groups]\nchild = "kid"\nfriend = "mate"\n', encoding="utf-8")

    with pytest.raises(LexiconError, match="there is no word group close"):
        grammars.load(folder)


def test_apostrophe_may_be_missing_unless_in_brackets() -> None:
    negation = grammar("en").negation

    assert negation.search("hasn't")
    assert negation.search("hasnt")
    assert not negation.search("want")


@pytest.mark.parametrize(
    ("language", "entry", "said", "not_said"),
    [
        ("en", "past", "when i was nineteen", "when i am there"),
        ("es", "past", "hace diez anos", "hace diez anos que me pega"),
        ("en", "recent", "the other day", "every day"),
        ("es", "recent", "la semana pasada", "cada semana"),
        ("en", "recovery", "nine years sober", "nine years old"),
        ("es", "recovery", "nueve anos sobria", "nueve anos tenia"),
        ("en", "supervised", "in a medical detox", "alone"),
        ("es", "supervised", "con mi psiquiatra", "sin nadie"),
        ("en", "teaching", "naloxone training", "naloxone now"),
        ("es", "teaching", "formacion en naloxona", "le puse naloxona"),
        ("en", "dreaded", "my worst fear is that", "it is so"),
        ("es", "dreaded", "mi peor miedo", "mi peor dia"),
        ("en", "joke", "lol", "loll"),
        ("es", "joke", "jajaja", "jarabe"),
        ("en", "you", "yous", "yonder"),
        ("es", "you", "ustedes", "usar"),
    ],
)
def test_entry_says_what_it_is_for(language: str, entry: str, said: str, not_said: str) -> None:
    pattern = getattr(grammar(language), entry)

    assert pattern.search(said)
    assert not pattern.search(not_said)
