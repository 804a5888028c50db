"""The replier's nudge: found in words about another person, silent on words about oneself, quotations and titles."""

import json
import time
from collections import Counter

import pytest

from moderation.nudges import LINES, nudge_for_reply
from moderation.screening.corpus import CORPUS
from moderation.screening.lexicon import LexiconError
from moderation.screening.nudge import FILE, LONGEST_READ, Kind, load, nudge


def lines(name):
    return [json.loads(line) for line in (CORPUS / name).read_text(encoding="utf-8").splitlines()]


CONTROL = lines("nudge_control.jsonl")
CASES = lines("nudge_cases.jsonl")


def kind_of(text, *, just_listen=False):
    found = nudge(text, just_listen=just_listen)
    return found and found.kind.value


# The sets


def test_control_set_of_own_words_gets_no_nudge():
    nudged = [
        line["id"]
        for line in CONTROL
        if nudge(line["text"], just_listen=True) or nudge(line["text"], just_listen=False)
    ]

    assert len({line["text"] for line in CONTROL}) == len(CONTROL) >= 220
    assert nudged == []


@pytest.mark.parametrize(("split", "least"), [("seen", 0.95), ("unseen", 0.9), ("later", 0.85)])
def test_cases_are_found_with_the_kind_that_they_are(split, least):
    cases = [case for case in CASES if case["split"] == split]
    found = [case for case in cases if kind_of(case["text"], just_listen=case["kind"] == "advice") == case["kind"]]

    assert len(cases) >= 60
    assert len(found) / len(cases) >= least


def test_cases_of_every_kind_stand_in_both_halves():
    assert len({case["text"] for case in CASES}) == len(CASES)
    counted = Counter((case["kind"], case["split"]) for case in CASES if case["split"] != "later")

    assert counted == {
        (kind, split): n
        for kind, n in {"label": 18, "control": 16, "advice": 14, "dose": 12}.items()
        for split in ("seen", "unseen")
    }


# Labels


@pytest.mark.parametrize(
    "text",
    [
        "You're an alcoholic.",
        "your husband is a drunk",
        "He is a junkie and that's that.",
        "She's just an addict.",
        "once an addict always an addict",
        "YOUR SON IS A CRACKHEAD",
        "You’re an alcoholic.",
        "you're a junk\u200bie",
        "My brother was the same. Your husband is a drunk.",
        "> he came home at four\n\nHe's a drunk.",
    ],
)
def test_name_for_another_person_is_noticed(text):
    assert kind_of(text) == "label"


@pytest.mark.parametrize(
    "text",
    [
        "I'm an alcoholic.",
        "I was a drunk for years.",
        "As an addict myself, I know that street.",
        "Us addicts lie to ourselves best of all.",
        "Addicts like me always find a reason.",
        "My brother was a junkie. He is a drunk now as well.",
        "My husband is an alcoholic. He's a drunk and a darling.",
        "You're not an addict.",
        "He isn't a junkie, he is unwell.",
        "I don't think he's a drunk.",
        "Nobody should say that she's an addict.",
        "Who says you're an alcoholic?",
        "As you wrote, he's an alcoholic.",
        "You said he's a drunk.",
        "They told me you're a junkie and I laughed.",
        'My mother said "he is a drunk" and hung up.',
        "My mother said “you're a junkie” and hung up.",
        "> You're an addict.\n\nThat must have hurt to read.",
        "Do you think you're an alcoholic?",
        "If he's an alcoholic then so was my dad.",
        "I read You're an Alcoholic Too and cried.",
        "Is he an alcoholic?",
        "He is clean now, and dirty dishes are the only thing we fight about.",
    ],
)
def test_own_denied_quoted_and_asked_names_are_left_alone(text):
    assert nudge(text, just_listen=True) is None


# Control


@pytest.mark.parametrize(
    "text",
    [
        "Throw him out.",
        "Throw him out or you enable it.",
        "You need to leave him.",
        "Honestly, just change the locks.",
        "You're enabling him.",
        "Give her an ultimatum.",
        "I'd throw him out.",
        "I read it twice. Kick her out already.",
    ],
)
def test_order_about_another_person_is_noticed(text):
    assert kind_of(text) == "control"


@pytest.mark.parametrize(
    "text",
    [
        "I threw him out.",
        "I had to leave him.",
        "Should I leave him?",
        "Do I throw him out?",
        "My sister told me to throw him out.",
        "My sister says, leave him.",
        "Nobody can tell you to leave him.",
        "You don't have to leave him.",
        "We changed the locks and I cried.",
        "Leave him alone for an hour and rest, I used to say to myself.",
        "I won't say leave him.",
        '"Throw him out," they said.',
    ],
)
def test_own_step_question_or_report_is_no_order(text):
    assert nudge(text, just_listen=False) is None


@pytest.mark.parametrize(
    "text",
    [
        "He hits you. Leave him, please, and ring the helpline first.",
        "You are in danger. Get out of the house and call 999. Leave him.",
        "He choked you. Leave him.",
        "Leave him somewhere safe? No: he has a knife, leave him and call the police.",
    ],
)
def test_going_to_safety_is_never_softened(text):
    assert nudge(text, just_listen=True) is None


# Advice


@pytest.mark.parametrize(
    "text", ["You should go to a meeting.", "Have you tried yoga?", "Why don't you call your doctor?"]
)
def test_advice_is_noticed_only_under_just_listen(text):
    assert kind_of(text, just_listen=True) == "advice"
    assert nudge(text, just_listen=False) is None


@pytest.mark.parametrize(
    "text",
    [
        "You should be proud.",
        "You must be exhausted.",
        "Take care of yourself.",
        "No advice from me.",
        "I went to a meeting, and that was just me.",
        "Please talk to a doctor before you stop, it can be dangerous.",
        "Call 999 now.",
        "What does it give you?",
        "I hear how much you want to get it right for her.",
    ],
)
def test_kind_words_and_safety_are_no_advice(text):
    assert nudge(text, just_listen=True) is None


# Doses


@pytest.mark.parametrize(
    "text",
    [
        "Take 20 mg of diazepam.",
        "take 20mg diazepam",
        "You could go down by 2 mg a week.",
        "Never more than 150 mg of mdma.",
    ],
)
def test_amount_for_another_person_is_noticed(text):
    assert kind_of(text) == "dose"


@pytest.mark.parametrize(
    "text",
    [
        "I take 8 mg every morning.",
        "I'm on 60 ml of methadone.",
        "My doctor put me on 20 mg.",
        "He takes 80 ml and remembers the bins.",
        "Are you still on 20 mg?",
        "Take one day at a time.",
        "Take 2 litres of water on the walk.",
        "Give one dose of naloxone, then 2 mg more after three minutes.",
    ],
)
def test_own_amount_is_left_alone(text):
    assert nudge(text, just_listen=False) is None


# What comes back


def test_most_useful_kind_is_chosen_and_one_alone():
    text = "You should rest. Throw him out. He's a drunk. Take 20 mg of valium."

    assert kind_of(text, just_listen=True) == "dose"
    assert kind_of(text.partition(" Take")[0], just_listen=True) == "label"
    assert kind_of(text.partition(" He's")[0], just_listen=True) == "control"


@pytest.mark.parametrize("before", ["", "Ünïcödé 😀 words. ", "\u200bhidden\u200b. ", "ｗｉｄｅ. "])
def test_passage_is_that_of_the_writers_own_text(before):
    text = f"{before}Your husband is a drunk. Good night."

    found = nudge(text, just_listen=False)

    assert text[found.start : found.end] == "Your husband is a drunk"
    assert found.line_key == found.kind == Kind.LABEL


def test_other_languages_and_nothing_get_no_nudge():
    for text in ("", " ", "\n\n", "Tu marido es un borracho, échalo de casa.", "Er ist ein Säufer.", "😀" * 50):
        assert nudge(text, just_listen=True) is None


def test_every_kind_has_its_line():
    assert set(LINES) == set(Kind)
    for text, kind in (("He's a drunk.", "label"), ("Throw him out.", "control")):
        found = nudge_for_reply(text, just_listen=False)
        assert (found.kind, found.line, text[found.start : found.end]) == (kind, LINES[kind], text.rstrip("."))


HOSTILE = [
    "you are a " * 4000,
    "your " * 8000,
    "take " * 8000,
    "take 1 " * 6000,
    "he is a good good " * 2000,
    "you have to " * 3500,
    "my brother " * 3600,
    '"' * 40_000,
    "'a" * 20_000,
    ">" * 40_000,
    "> \n" * 13_000,
    "a" * 40_000,
    "i said and " * 3600,
    "don't let anyone tell " * 1800,
    ", just please honestly " * 1700,
    "\u0301" * 40_000,
    "cut " * 10_000 + "5 mg",
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:16]))
def test_hostile_text_is_read_in_bounded_time(text):
    began = time.process_time()
    found = nudge(text, just_listen=True)

    # Ten times what it takes on a slow core; without bounds it would be minutes.
    assert time.process_time() - began < 20
    assert found is None or 0 <= found.start < found.end <= len(text)


def test_only_the_beginning_of_a_very_long_reply_is_read():
    assert nudge("word " * (LONGEST_READ // 5) + "He's a drunk.", just_listen=False) is None


# The file


GOOD = '[groups]\nlead_in = "just"\nclause_break = "but"\n'


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[[entry]", "own.toml"),
        (GOOD.replace("lead_in", "lead"), "no word group lead_in"),
        (GOOD + "[[entry]]\nkind = 'label'\npatterns = ['x']", "has no id"),
        (GOOD + "[[entry]]\nid = 'a'\nkind = 'rude'\npatterns = ['x']", "a: kind is 'rude'"),
        (GOOD + "[[entry]]\nid = 'a'\nkind = 'label'\npatterns = []", "a: patterns must be"),
        (GOOD + "[[entry]]\nid = 'a'\nkind = 'label'\npatterns = ['x.*']", "unlimited repetition"),
        (GOOD + "[[entry]]\nid = 'a'\nkind = 'label'\npatterns = ['{nothing}']", "unknown word group"),
        (GOOD + "[[entry]]\nid = 'a'\nkind = 'label'\npatterns = ['(x']", "a: pattern '(x'"),
        (GOOD + "[[entry]]\nid = 'a'\nkind = 'label'\npatterns = ['x']\nclause = 1", "clause is 1"),
        (GOOD + "[[entry]]\nid = 'a'\nkind = 'label'\npatterns = ['x']\nlevel = 1", "unknown field level"),
        (GOOD + "[[entry]]\nid = 'a'\nkind = 'label'\npatterns = ['x']\n" * 1 + "[[entry]]\nid = 'a'\n", "used twice"),
        (GOOD + "[[except]]\nid = 'a'\nwithin = 'page'\npatterns = ['x']", "within is 'page'"),
        (GOOD + "[[except]]\nid = 'a'\nwithin = 'text'\nkinds = 'label'\npatterns = ['x']", "kinds must be a list"),
        (GOOD + "[entry]\nid = 'a'", "double brackets"),
        (GOOD + "[[rule]]\nid = 'a'", "unknown table rule"),
        ("[groups]\nlead_in = 1", "must hold texts"),
    ],
)
def test_mistake_in_the_file_is_named(tmp_path, content, said):
    path = tmp_path / "own.toml"
    path.write_text(content, encoding="utf-8")

    with pytest.raises(LexiconError, match=r"own\.toml") as error:
        load(path)
    assert said in str(error.value)


def test_shipped_file_holds_every_kind():
    assert all(load(FILE).entries[kind] for kind in Kind)
