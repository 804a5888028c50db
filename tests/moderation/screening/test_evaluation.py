import json
from pathlib import Path

import numpy as np
import pytest

from moderation.screening.corpus import SPLITS, CorpusError, early_corpus, load, own_corpus
from moderation.screening.evaluation import (
    evaluate,
    false_alarms,
    flagged_share,
    measure,
    missed_at_level_four,
    recall_by_level,
    report,
    score_lines,
    share,
)
from moderation.screening.model.examples import examples_of
from moderation.screening.model.measure import found_when_flagged, mean_found
from moderation.screening.reading import RISKS, Category, Reading
from moderation.screening.screener import Screener

# What the patterns were made with; they alone must do this well on it.
PARTS = ("dev", "test")


@pytest.fixture(scope="module", params=PARTS)
def results(request):
    return evaluate(early_corpus(part=request.param))


@pytest.fixture(scope="module")
def unmet(screener: Screener):
    """The test split, whose voices neither patterns nor model have met, read with all layers."""
    return evaluate(own_corpus(split="test"), read=screener.read)


def test_corpus_is_large_and_split_by_voice() -> None:
    train, test = (own_corpus(split=split) for split in SPLITS)
    everything = train + test

    assert sum(not passage.is_story for passage in everything) >= 3000
    assert sum(passage.is_story for passage in everything) >= 150
    assert len({passage.id for passage in everything}) == len(everything)
    assert not {passage.voice for passage in train} & {passage.voice for passage in test}
    assert {label for passage in train for label in passage.labels} == set(RISKS)
    assert {label for passage in test for label in passage.labels} == set(RISKS)
    assert len({passage.voice for passage in everything}) >= 200


def test_no_text_stands_twice() -> None:
    texts = [passage.text for split in SPLITS for passage in own_corpus(split=split)]

    assert len(set(texts)) == len(texts)


def test_stories_are_whole_ones() -> None:
    lengths = [len(p.text.split()) for split in SPLITS for p in own_corpus(split=split) if p.is_story]

    assert min(lengths) >= 150
    assert max(lengths) >= 1000


def test_all_layers_keep_the_floors_on_unmet_voices(unmet) -> None:
    # Somewhat below what docs/screening-model.md reports: a change that costs more than chance does fails here.
    reached = {level: recall_by_level(unmet, level=level).value for level in (4, 3, 2)}

    assert reached[4] >= 0.75
    assert reached[3] >= 0.66
    assert reached[2] >= 0.76
    assert flagged_share(unmet).value <= 0.125


def test_all_layers_find_most_when_a_tenth_of_ordinary_texts_is_flagged(unmet) -> None:
    scores = np.array([[result.reading.scores[risk] for risk in RISKS] for result in unmet], np.float32)

    found = found_when_flagged(examples_of([result.passage for result in unmet]), scores)

    (at_ten, at_twenty), (together, _) = mean_found(found)
    assert at_ten >= 0.9
    assert at_twenty >= 0.94
    assert together >= 0.68


def test_layers_find_more_than_patterns_alone(unmet) -> None:
    alone = evaluate(own_corpus(split="test"))

    for level in (4, 3, 2):
        assert recall_by_level(unmet, level=level).value > recall_by_level(alone, level=level).value + 0.2


@pytest.mark.parametrize(
    "text",
    [
        "Ten years ago I wanted to die and I had a plan. Today I have a garden, a dog and a sponsor who picks up the phone.",
        "this hangover is killing me",
        'The chorus goes "I want to drown in the river tonight", it is my favourite song of theirs.',
        "I'm a nurse on a surgical ward. Where can our team book naloxone training?",
        "I'm an alcoholic, 30 days sober today.",
        "we shot some pool after the meeting",
        "I nearly died laughing when the dog stole the sausage",
        "me muero de risa con mi perro",
        "Soy alcohólica, 30 días sin beber.",
    ],
)
def test_nothing_of_the_must_not_list_raises_an_alarm(screener: Screener, text: str) -> None:
    reading = screener.read(text)

    assert reading.risks == frozenset()
    assert reading.severity <= 1


def test_nothing_harmless_raises_an_alarm(results) -> None:
    assert [result.passage.id for result in false_alarms(results)] == []


def test_recall_stays_above_the_floors(results) -> None:
    reached = {level: recall_by_level(results, level=level).value for level in (4, 3, 2, 1)}

    assert reached[4] >= 0.95
    assert reached[3] >= 0.93
    assert reached[2] >= 0.9
    assert reached[1] >= 0.9


def test_nothing_immediate_is_read_as_less(results) -> None:
    assert missed_at_level_four(results) == []


@pytest.mark.parametrize("category", RISKS, ids=str)
def test_each_category_keeps_recall_and_precision(results, category: Category) -> None:
    figures = measure(results, category)

    assert figures.recall.value >= 0.75
    assert figures.precision.value >= 0.75


def test_blind_corpus_keeps_its_modest_floor() -> None:
    results = evaluate(early_corpus(part="blind"))
    grave = [result for result in results if (result.passage.severity or 0) >= 3]

    assert false_alarms(results) == []
    assert sum(result.reading.severity >= 1 for result in grave) >= 0.6 * len(grave)


def test_labels_are_read_from_label_or_labels(tmp_path: Path) -> None:
    path = tmp_path / "passages.jsonl"
    path.write_text(
        '{"id": "a", "text": "x", "label": "sourcing"}\n\n'
        '{"id": "b", "text": "x", "label": "none"}\n'
        '{"id": "c", "text": "x", "labels": ["minor", "grooming"]}\n',
        encoding="utf-8",
    )

    assert [passage.labels for passage in load(path)] == [
        {Category.SOURCING},
        set(),
        {Category.MINOR, Category.GROOMING},
    ]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "line 2: not JSON"),
        ("[]", "line 2: a line must be an object"),
        ('{"id": "b", "label": "none"}', "line 2: 'text' must be a text"),
        ('{"id": "b", "text": "x"}', "line 2: it has neither 'label' nor 'labels'"),
        ('{"id": "b", "text": "x", "label": "weather"}', "line 2: unknown label 'weather'"),
        ('{"id": "b", "text": "x", "labels": "minor"}', "line 2: 'labels' must be a list"),
        ('{"id": "b", "text": "x", "label": "none", "severity": 9}', "line 2: severity is 9"),
    ],
)
def test_bad_line_is_named(tmp_path: Path, line: str, told: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text('{"id": "a", "text": "x", "label": "none"}\n' + line, encoding="utf-8")

    with pytest.raises(CorpusError) as caught:
        load(path)

    assert str(caught.value).startswith("bad.jsonl, ")
    assert told in str(caught.value)


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"gone\.jsonl"):
        load(tmp_path / "gone.jsonl")


def test_share_has_an_interval_around_it() -> None:
    half = share([True, False] * 50)

    assert half.value == 0.5
    assert half.low < 0.5 < half.high
    assert share([]).value is None


def test_report_names_every_category_and_missed_passage(tmp_path: Path) -> None:
    path = tmp_path / "one.jsonl"
    path.write_text('{"id": "calm-words", "text": "fine", "label": "overdose_now", "severity": 4}', encoding="utf-8")

    text = report(evaluate(load(path)))

    assert [category for category in RISKS if category not in text] == []
    assert "calm-words: read as 0" in text


def test_score_lines_are_graded_json() -> None:
    results = evaluate(early_corpus(part="dev")[:3])

    lines = [json.loads(line) for line in score_lines(results)]

    assert [set(line) for line in lines] == [{"id", "severity", "labels", "scores"}] * 3
    assert all(0 <= score <= 1 for line in lines for score in line["scores"].values())


def test_reading_survives_being_stored() -> None:
    reading = evaluate(early_corpus(part="dev")[-1:])[0].reading

    assert Reading.from_dict(json.loads(json.dumps(reading.to_dict()))) == reading
