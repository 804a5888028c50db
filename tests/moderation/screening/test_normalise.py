import pytest

from moderation.screening.engine import read
from moderation.screening.normalise import fold
from moderation.screening.reading import Category

SAME_WORDS = [
    ("k1ll mys3lf", "kill myself"),
    ("$uicide", "suicide"),
    ("h3r0in and c0ca1ne", "heroin and cocaine"),
    ("k*ll m*self", "kill myself"),
    ("su*cidal", "suicidal"),
    ("mat4rme", "matarme"),
    ("s u i c i d e", "suicide"),
    ("k.i.l.l myself", "kill myself"),
    ("k-i-l-l m-y-s-e-l-f", "kill myself"),
    ("I want to d i e  t o n i g h t", "i want to die tonight"),
    ("k i l l m y s e l f", "kill myself"),
    ("diiiie", "die"),
    ("KILLLLL me", "kill me"),
    ("k̶i̶l̶l̶ myself", "kill myself"),
    ("z̸̡͘a̷l̶g̴o̵", "zalgo"),
    ("ＫＩＬＬ ｍｅ", "kill me"),
    ("𝓴𝓲𝓵𝓵 𝔪𝔶𝔰𝔢𝔩𝔣 𝟷𝟸", "kill myself 12"),
    ("ᴋɪʟʟ ᴍʏsᴇʟғ", "kill myself"),
    ("ⓚⓘⓛⓛ 🅺🅸🅻🅻 🄺🄸🄻🄻", "kill kill kill"),
    ("🇰🇮🇱🇱 myself", "kill myself"),
    ("🇩 🇮 🇪", "d i e"),
    ("kіll mуself", "kill myself"),
    ("κill myself", "kill myself"),
    ("I said to him ѕех is off", "i said to him sex is off"),
    ("ki\u200bll my\u200dself\ufeff", "kill myself"),
    ("ki\u00adll", "kill"),
    ("k\u202eill", "kill"),
    ("&#107;ill m&yacute;self &amp; go", "kill myself & go"),
    ("I don&rsquo;t", "i don't"),
    ("ki\x00ll", "kill"),
    ("niño está aquí", "nino esta aqui"),
    ("Hauptstraße", "hauptstrasse"),
    ("don’t — “no”", 'don\'t - "no"'),
    ("a\u00a0b\u2003c", "a b c"),
    ("ﬁnally", "finally"),
]


@pytest.mark.parametrize(("text", "plain"), SAME_WORDS)
def test_disguised_words_are_read_as_plain_ones(text: str, plain: str) -> None:
    assert fold(text).plain == plain


LEFT_ALONE = [
    "4 pills",
    "30mg in the morning, 10mg at night",
    "2nite is gr8, b4 the 14th",
    "c u l8r m8",
    "it cost $20 or 5€ or £3",
    "7 days, 3 meetings, 1 sponsor",
    "he's 6ft1 and 90kg",
    "covid19 and b12",
    "room d13",
    "write to k1@mail.example",
    "*really* tired of it",
    "a.k.a. nobody",
    "u.s.a",
    "1 2 3 4 5",
    "a 50/50 chance",
    "3 - 2 - 1",
    "i.e. not now, e.g. later",
    "привет как дела",
    "see you soon 🇺🇸🇬🇧 friends",
    "love the winter ❄ and my 🐶",
    "cooking dinner 🔪 for six",
]


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_ordinary_text_is_only_put_in_lower_case(text: str) -> None:
    assert fold(text).plain == text.lower()


@pytest.mark.parametrize(
    ("text", "words", "passage"),
    [
        ("please k̶i̶l̶l̶ me", "kill", "k̶i̶l̶l"),
        ("so KILLLLLL me", "kill", "KILLLLLL"),
        ("x &#107;ill y", "kill", "&#107;ill"),
        ("x k i l l y", "kill", "k i l l"),
        ("ab ki\u200b\u200bll c", "kill", "ki\u200b\u200bll"),
        ("say 🇰🇮🇱🇱 now", "kill", "🇰🇮🇱🇱"),
        ("ﬁnally", "finally", "ﬁnally"),
        ("die Straße dort", "strasse", "Straße"),
        ("now 🔫😔", "want to die", "🔫😔"),
    ],
)
def test_span_leads_back_to_the_authors_own_characters(text: str, words: str, passage: str) -> None:
    folded = fold(text)
    start = folded.plain.index(words)

    first, last = folded.span(start, start + len(words))

    assert text[first:last] == passage


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("🔫😔", Category.SUICIDE_SELF_HARM),
        ("💊💊💊😴", Category.SUICIDE_SELF_HARM),
        ("bye 💊⚰️👋", Category.SUICIDE_SELF_HARM),
        ("❄️🍬🔌", Category.SOURCING),
        ("i am going to k1ll mys3lf", Category.SUICIDE_SELF_HARM),
        ("w@nna k!ll myself", Category.SUICIDE_SELF_HARM),
    ],
)
def test_coded_post_is_found(text: str, category: Category) -> None:
    reading = read(text)

    assert category in reading.risks


@pytest.mark.parametrize(
    "text",
    ["😂😂😂", "love winter ❄️⛄", "💪❤️🙏", "🎉 90 days 🎉", "pizza night 🍕🔪 with the whole family and all our friends", "good night 😴💤", "took my vitamins 💊"],
)  # fmt: skip
def test_cheerful_emoji_raise_nothing(text: str) -> None:
    assert read(text).severity == 0


def test_folded_forms_have_the_same_length_and_spans_that_lie_inside() -> None:
    text = "İ ŉ ǰ ẞ ß ﷺ 🅺 ½ ㎏ ①\ud800 \U000e0041 k\u0336\u0336i l l l l &nbsp;&bogus; 𝔘𝔫𝔦𝔠𝔬𝔡𝔢"

    folded = fold(text)

    assert len(folded.plain) == len(folded.cased)
    for start in range(len(folded.plain)):
        first, last = folded.span(start, start + 1)
        assert 0 <= first < last <= len(text)
    assert folded.span(len(folded.plain), len(folded.plain)) == (len(text), len(text))
