import random
import time

import pytest

from moderation.screening.engine import ENGINE_VERSION, read
from moderation.screening.reading import Category, HelpNeed, Reading, When, Who
from moderation.screening.screener import patterns_alone


def found(text: str, category: Category) -> list:
    return [finding for finding in read(text).findings if finding.category is category]


MUST_NOT_ALARM = [
    # past suicidal thoughts inside a recovery story
    "Six years ago I wanted to kill myself most mornings. Today I run a bakery and I am glad that I stayed.",
    "I used to think about suicide every night when I was drinking. Sober since 2014 and it lifted.",
    "When I was nineteen I tried to end my life. I am fifty now and I love my boring days.",
    "I was suicidal back then. Four years sober, and grateful.",
    "Back in 2010 I took all my pills and woke up in hospital. It was the start of my recovery.",
    "I am seven years clean. In the bad years I had a plan and a rope. That was a decade ago.",
    "Before I got sober I cut my arms. I have not for eight years.",
    # idioms
    "This hangover is killing me.",
    "My feet are killing me after that shift.",
    "I nearly died laughing at the raffle.",
    "I was dying of laughter when he fell off the chair.",
    "I'd kill for a coffee right now.",
    "My boss will kill me if I am late again.",
    "I'm bored to death at this conference.",
    "That cake is to die for.",
    "We shot some pool after the meeting.",
    "Anyone want to shoot some hoops on Sunday?",
    "He beat me at chess again.",
    "That song hit me hard.",
    "The lads got battered on Saturday, six nil.",
    # quoted as such
    'The song says "I want to die in your arms tonight" and we all sang it on the bus.',
    'My favourite lyric is "I hurt myself today", it makes me cry every time.',
    'There is a line in the film, "I\'m going to kill myself", and it is played for a laugh.',
    # professionals
    "I am a nurse. Where can our ward book naloxone training?",
    "I'm a pharmacist and I want to ask about training in overdose response for our staff.",
    "We run a suicide prevention course for families in the spring.",
    "If someone won't wake up and their lips are blue, call an ambulance and give naloxone.",
    # words about oneself and ordinary days
    "I'm an alcoholic, 30 days sober.",
    "I am an addict and I have been in recovery for two years.",
    "Hi, I'm Pat, an alcoholic, and this is my ninetieth day.",
    "I am sixteen days sober today.",
    "No, I am not suicidal. I am only worn out.",
    "I don't want to die any more, I want to live.",
    "Anyone got a plug adapter for Italy?",
    "I take 60mg of methadone and I am doing well.",
]


@pytest.mark.parametrize("text", MUST_NOT_ALARM)
def test_harmless_text_raises_no_alarm(text: str) -> None:
    reading = read(text)

    assert reading.severity <= 1
    assert reading.risks <= {Category.BEREAVEMENT}


@pytest.mark.parametrize(
    ("text", "category", "severity"),
    [
        ("everyone would be better off without me", Category.SUICIDE_SELF_HARM, 3),
        ("I don't want to wake up tomorrow", Category.SUICIDE_SELF_HARM, 3),
        ("I've written the letters. Sorry, everyone.", Category.SUICIDE_SELF_HARM, 4),
        ("I am going to kill myself tonight", Category.SUICIDE_SELF_HARM, 4),
        ("She told me she will hang herself if I move out", Category.SUICIDE_THREAT_OTHER, 3),
        ("She's blue and making a snoring sound", Category.OVERDOSE_NOW, 4),
        ("I just took all of my tablets", Category.OVERDOSE_NOW, 4),
        ("After years of a bottle of gin a day I stopped on Monday and I am shaking", Category.DANGEROUS_WITHDRAWAL, 3),
        ("He quit drinking two days ago and had a seizure", Category.DANGEROUS_WITHDRAWAL, 4),
        ("My Xanax ran out and I was on it every day for years", Category.DANGEROUS_WITHDRAWAL, 3),
        ("My husband choked me", Category.VIOLENCE_COERCION, 4),
        ("My husband hits me", Category.VIOLENCE_COERCION, 3),
        ("My boyfriend tracks my phone", Category.VIOLENCE_COERCION, 2),
        ("He takes my wages", Category.VIOLENCE_COERCION, 2),
        ("Her mother drives drunk with the kids in the car", Category.CHILD_SAFETY, 3),
        ("I'm 14 and I drink", Category.MINOR, 3),
        ("anyone got a plug in Bristol", Category.SOURCING, 2),
        ("dm me for bars", Category.SOURCING, 2),
        ("You should take 30mg of diazepam", Category.DOSE_ADVICE, 2),
        ("Text me on 07700 900123", Category.IDENTIFYING_DATA, 2),
        ("stop taking your methadone, it is poison", Category.MEDICAL_MISINFORMATION, 2),
        ("you are a worthless junkie", Category.SHAMING_HARASSMENT, 2),
        ("Free bed, insurance covers flights, call 1-855-555-0100", Category.BROKER_SPAM, 2),
        ("how old are you? send me a pic", Category.GROOMING, 3),
        ("I'm going to kill him", Category.THREAT_BY_WRITER, 3),
        ("My brother died of an overdose", Category.BEREAVEMENT, 1),
        ("I use with him now", Category.OWN_USE, 2),
    ],
)
def test_each_category_is_found_at_its_level(text: str, category: Category, severity: int) -> None:
    assert max(finding.severity for finding in found(text, category)) == severity


@pytest.mark.parametrize(
    "text",
    [
        "I want to kıll".replace("ı", "i") + " myself",
        "I want to k\u200bi\u200bll my\u200dself",
        "I want to ｋｉｌｌ ｍｙｓｅｌｆ",
        "I want to k i l l  m y s e l f",
        "i want to killll myself",
        "I w\u0430nt to kill mys\u0435lf",
        "I want to\nkill\nmyself",
        "I WANT TO KILL MYSELF",
        "I want to ki\u0301ll myself",
    ],
)
def test_disguised_words_are_read(text: str) -> None:
    findings = found(text, Category.SUICIDE_SELF_HARM)

    assert findings
    assert findings[0].severity == 3


def test_spans_point_into_the_original_text() -> None:
    text = "Ｈｅｌｌｏ \u200b\u200b😀 all. He’s tired, and I w\u200bant to die."

    finding = found(text, Category.SUICIDE_SELF_HARM)[0]

    assert text[finding.start : finding.end] == "I w\u200bant to die"


def test_past_and_other_people_are_told_apart() -> None:
    past = found("Eleven years ago I tried to kill myself.", Category.SUICIDE_SELF_HARM)[0]
    partner = found("My wife says she wants to die.", Category.SUICIDE_THREAT_OTHER)[0]
    friend = found("My roommate says he wants to die.", Category.SUICIDE_THREAT_OTHER)[0]
    now = found("I want to kill myself.", Category.SUICIDE_SELF_HARM)[0]

    assert (past.when, past.severity, past.who) == (When.PAST, 1, Who.WRITER)
    assert partner.who is Who.PARTNER
    assert friend.who is Who.OTHER
    assert (now.when, now.severity) == (When.NOW, 3)


def test_a_recent_attempt_stays_urgent_in_a_long_recovery() -> None:
    reading = read("I am five years sober. Last night I tried to kill myself.")

    assert reading.severity == 3


def test_denied_thoughts_are_kept_at_level_one() -> None:
    findings = found("I am not going to kill myself, I promise.", Category.SUICIDE_SELF_HARM)

    assert [finding.severity for finding in findings] == [1]
    assert "not so" in findings[0].reason


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\u200b", "....", "\x00", "😀😀😀", "<" * 50, "\ud800"])
def test_empty_and_odd_texts_are_read_as_nothing(text: str) -> None:
    reading = read(text)

    assert reading == Reading(0, (), ENGINE_VERSION, reading.language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("hi", "en"),
        ("I have been sober for a week and it is hard.", "en"),
        ("Je ne veux plus vivre, je suis fatiguée de tout", "unknown"),
        ("No quiero vivir más, estoy muy cansado de todo esto y no puedo", "es"),
        ("Я больше не хочу жить", "unknown"),
        ("我不想活了", "unknown"),
        (
            "Hello all, thanks for this.\n\nIch möchte nicht mehr leben und ich habe auch schon einen Plan gemacht.",
            "unknown",
        ),
    ],
)
def test_other_languages_are_marked_unknown(text: str, language: str) -> None:
    assert read(text).language == language


@pytest.mark.parametrize(
    "text",
    [
        "Call 988 or the Samaritans on 116 123.",
        "SAMHSA is at 1-800-662-4357 and Lifeline at 13 11 14.",
        "I spent $12,450.75 and £3 000 000 between 1998 and 2004.",
        "My sober date is 03/04/2019, or 2019-04-03.",
        "Bill W. and Dr. Bob began it, and John Lennon sang.",
        "I am 1500 days in, 12 hours from 24.",
    ],
)
def test_sums_dates_and_helplines_are_not_identifying(text: str) -> None:
    assert found(text, Category.IDENTIFYING_DATA) == []


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("ring 07700 900123 please", "07700 900123"),
        ("ring +44 7700 900123 please", "+44 7700 900123"),
        ("my number is (312) 555-0187 ok", "(312) 555-0187"),
        ("write to pat.q@mail.example today", "pat.q@mail.example"),
        ("I live at 12 Elm Tree Road by the park", "12 Elm Tree Road"),
        ("the postcode is LS1 4AP here", "LS1 4AP"),
        ("Her name is Joan Tarrant and she works at Tesco", "Joan Tarrant"),
    ],
)
def test_identifying_words_are_marked_exactly(text: str, marked: str) -> None:
    assert [text[finding.start : finding.end] for finding in found(text, Category.IDENTIFYING_DATA)] == [marked]


def test_help_needs_are_ordered_and_at_most_three() -> None:
    reading = read(
        "My husband hits me and takes my wages. He says he'll kill himself if I leave. I want to die. "
        "I relapsed last night. My brother died of an overdose."
    )

    assert reading.help_needs() == (HelpNeed.SUICIDE, HelpNeed.VIOLENCE, HelpNeed.SUICIDE_OF_OTHER)


def test_emergency_stands_before_the_three() -> None:
    reading = read("I am going to kill myself tonight.")

    assert reading.help_needs() == (HelpNeed.EMERGENCY, HelpNeed.SUICIDE)


def test_scores_grow_with_severity() -> None:
    weak = patterns_alone().read("Eleven years ago I tried to kill myself.").scores[Category.SUICIDE_SELF_HARM]
    strong = patterns_alone().read("I am going to kill myself tonight.").scores[Category.SUICIDE_SELF_HARM]

    assert 0 < weak < strong <= 1
    assert patterns_alone().read("hello").scores[Category.SUICIDE_SELF_HARM] == 0


def _adversarial() -> list[str]:
    dice = random.Random(7)
    words = "i want to kill myself my he says she bottle day stop drinking told me if leave 12 mg of".split()
    return [
        "a" * 200_000,
        "i want to " * 20_000,
        "he says he " * 18_000,
        "k i l l " * 25_000,
        "1 " * 100_000,
        "12-" * 60_000,
        "a@" * 100_000,
        '"' * 200_000,
        "." * 200_000,
        "\n" * 200_000,
        "é\u0301" * 100_000,
        "aaa bbb " * 25_000,
        "John Smith " * 18_000,
        " ".join(dice.choice(words) for _ in range(45_000)),
    ]


@pytest.mark.parametrize("text", _adversarial(), ids=lambda text: text[:12].encode("unicode_escape").decode())
def test_hostile_text_is_read_in_bounded_time(text: str) -> None:
    started = time.process_time()

    read(text[:200_000])

    assert time.process_time() - started < 60


def test_present_danger_is_read_however_often_the_past_was_told() -> None:
    past = " ".join(f"In {year} I wanted to die." for year in range(1990, 2002))

    assert read(f"{past} Tonight I want to die.").severity >= 3


def test_text_of_endless_repeats_says_that_not_all_was_weighed() -> None:
    assert not read("I want to die. " * 200).is_whole
    assert read("I want to die. I want to die.").is_whole
