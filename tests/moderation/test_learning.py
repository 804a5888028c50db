"""A model trained here is compared before it is used, and a worse one is refused."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from forums.actions import withdraw_post
from moderation import learning, screener
from moderation.actions import About
from moderation.enums import Action
from moderation.learning import Compared, Count, Figures
from moderation.screening.corpus import own_corpus
from moderation.screening.model.examples import examples_of
from moderation.screening.model.trained import Trained
from moderation.screening.reading import RISKS, Category
from tests import factories
from tests.factories import NOON
from tests.moderation.helpers import SOON, decide, short_training, waiting_case


def about(*categories, severity=2):
    return About(frozenset(categories), severity)


def pair(*, current=(8, 8, 8, 10), candidate=(8, 8, 8, 10), name="here"):
    """Two models: found of ten at levels 4, 3 and 2, and flagged of a hundred ordinary posts."""
    return Compared(
        name,
        *(
            Figures({4: Count(f, 10), 3: Count(h, 10), 2: Count(w, 10)}, Count(o, 100))
            for f, h, w, o in (current, candidate)
        ),
    )


@pytest.mark.parametrize(
    ("candidate", "why"),
    [
        ((9, 8, 8, 10), []),
        ((8, 9, 8, 11), []),
        ((8, 8, 9, 10), []),
        ((8, 8, 8, 9), []),
        ((8, 8, 8, 10), ["nothing is better than now"]),
        ((8, 8, 7, 11), ["nothing is better than now"]),
        ((7, 9, 9, 9), ["here: it finds less at level 4 (7 of 10, now 8 of 10)"]),
        ((9, 7, 9, 9), ["here: it finds less at level 3 (7 of 10, now 8 of 10)"]),
        ((9, 9, 9, 12), ["here: it flags more ordinary posts (12 of 100, now 10 of 100)"]),
    ],
)
def test_refusals_follow_the_rule(candidate, why):
    assert learning.refusals([pair(candidate=candidate)]) == why


def test_refusals_worse_on_either_set_refuses():
    better, worse = pair(candidate=(9, 9, 9, 5), name="corpus"), pair(candidate=(7, 9, 9, 5))

    assert learning.refusals([better, worse]) == ["here: it finds less at level 4 (7 of 10, now 8 of 10)"]
    assert learning.refusals([better, pair()]) == []


def test_lessons_are_the_words_as_they_stand_with_what_was_said(member, moderator):
    case = waiting_case(member, title="A title", body="We talked about the garden and the rain.")
    decide(case, moderator, Action.PUBLISH, about=about(Category.SOURCING))

    (lesson,) = learning.lessons()

    assert lesson.example.text == "A title\n\nWe talked about the garden and the rain."
    assert (lesson.example.labels, lesson.example.severity) == (frozenset({Category.SOURCING}), 2)
    assert (lesson.example.is_english, lesson.at) == (True, SOON)


def test_lessons_of_one_member_are_one_voice_whatever_the_pen_name(member, other_member, moderator):
    other_name = factories.make_pen_name(member, "Another Name")
    for writer, fields in ((member, {}), (member, {"pen_name": other_name}), (other_member, {})):
        decide(waiting_case(writer, **fields), moderator, Action.PUBLISH, about=about())

    voices = [lesson.example.voice for lesson in learning.lessons()]

    assert len(voices) == 3
    assert len(set(voices)) == 2


def test_lessons_of_words_taken_back_are_none(member, moderator):
    case = waiting_case(member)
    decide(case, moderator, Action.PUBLISH, about=about())
    assert len(learning.lessons()) == 1

    withdraw_post(case.post, by=member, at=SOON)

    assert learning.lessons() == []


def test_lessons_labelled_twice_count_once_by_the_latest(member, moderator, lead):
    case = waiting_case(member)
    decide(case, moderator, Action.PUBLISH, about=about(Category.SOURCING))
    label = case.post.screening_labels.get()
    decision = label.decision
    decision.pk = None
    decision.save()
    label.pk, label.decision, label.categories = None, decision, ["minor"]
    label.save()

    assert [lesson.example.labels for lesson in learning.lessons()] == [frozenset({Category.MINOR})]


# Files


def test_install_keeps_the_one_before_and_go_back_changes_them_round(with_model, tiny_model):
    later = replace(tiny_model, about=tiny_model.about | {"version": "site-2"})

    learning.install(later)
    assert (Trained.load(screener.model_file()).version, Trained.load(learning.previous_file()).version) == (
        "site-2",
        tiny_model.version,
    )

    assert learning.go_back() is True
    assert (Trained.load(screener.model_file()).version, Trained.load(learning.previous_file()).version) == (
        tiny_model.version,
        "site-2",
    )


def test_install_into_an_empty_folder_keeps_none_before(screening_folder, tiny_model):
    learning.install(tiny_model)

    assert Trained.load(screener.model_file()).version == tiny_model.version
    assert learning.go_back() is False


def test_use_shipped_takes_the_one_of_this_site_aside(with_model):
    assert learning.use_shipped() is True
    assert not screener.model_file().exists()
    assert learning.use_shipped() is False
    assert learning.go_back() is True
    assert screener.model_file().exists()


def test_install_is_noticed_by_a_running_worker(with_model, tiny_model, monkeypatch, db):
    monkeypatch.setattr(screener, "LOOK_AFTER_SECONDS", 0.0)
    assert "tiny" in screener.works().engine

    learning.install(replace(tiny_model, about=tiny_model.about | {"version": "site-2"}))

    assert screener.works().engine.endswith("+site-2")


# The command


def test_retrain_screening_learning_turned_off_refuses_with_a_clear_message(screening_folder, db, settings):
    settings.SCREENING_LEARNING = False

    with pytest.raises(CommandError, match="Learning is turned off here"):
        call_command("retrain_screening")


def test_retrain_screening_with_few_labels_refuses(screening_folder, member, moderator):
    decide(waiting_case(member), moderator, Action.PUBLISH, about=about())

    with pytest.raises(CommandError, match="1 labelled posts stand here; 20 are needed"):
        call_command("retrain_screening")


def test_retrain_screening_shipped_and_previous_say_what_they_did(with_model, capsys):
    call_command("retrain_screening", "--shipped")
    call_command("retrain_screening", "--shipped")
    call_command("retrain_screening", "--previous")
    (with_model / "model-previous.npz").unlink(missing_ok=True)

    assert capsys.readouterr().out.splitlines() == [
        "Back to the shipped model.",
        "The shipped model is in use already.",
        "Back to the model before.",
    ]
    with pytest.raises(CommandError, match="no earlier model"):
        call_command("retrain_screening", "--previous")


@pytest.fixture
def labelled(member, other_member, moderator):
    """Twenty-four posts of two people, each with what Mia said about it: words of the corpus."""
    texts = [passage for passage in own_corpus(split="train") if passage.severity is not None][:2400:100]
    for number, passage in enumerate(texts):
        case = waiting_case((member, other_member)[number % 2], title=f"Number {number}", body=passage.text)
        said = About(passage.labels & set(RISKS), passage.severity)
        decide(case, moderator, Action.PUBLISH, about=said, at=SOON + timedelta(minutes=number))
    return texts


@pytest.fixture
def small_corpus(monkeypatch):
    """A corpus of a few dozen texts and short training: every step is taken, and each is quick."""
    monkeypatch.setattr(learning, "training_examples", lambda: examples_of(own_corpus(split="train")[::120]))
    test = own_corpus(split="test")[::20]
    monkeypatch.setattr(learning, "own_corpus", lambda *, split: test)
    with short_training():
        yield test


def put_in_use(model, **about):
    """Put a model in use whose thresholds or history are made for the test."""
    replace(model, about=model.about | about).save(screener.model_file())
    return screener.model_file().read_bytes()


def retrain(capsys, *words):
    """Run the command; return what it printed, and why it refused ("" when it did not)."""
    try:
        call_command("retrain_screening", *words)
    except CommandError as error:
        return capsys.readouterr().out, str(error)
    return capsys.readouterr().out, ""


def test_retrain_screening_better_candidate_is_installed_and_the_one_before_kept(
    with_model, tiny_model, labelled, small_corpus, capsys
):
    # In use: a model that flags every text for one category that is in no grave text, and knows nothing else. Whatever the
    # candidate has learned, the patterns are the same, so it finds no less and flags fewer.
    grave = {
        label for passage in [*small_corpus, *labelled] if (passage.severity or 0) >= 3 for label in passage.labels
    }
    harmless = next(category for category in RISKS if category not in grave)
    before = put_in_use(tiny_model, thresholds={str(one): 0.0 if one is harmless else 1.1 for one in RISKS})

    said, refusal = retrain(capsys, "--install")

    assert refusal == ""
    installed = Trained.load(screener.model_file())
    assert installed.version.startswith("site-")
    assert installed.about["learned_until"] == (SOON + timedelta(minutes=23)).isoformat()
    assert learning.previous_file().read_bytes() == before
    assert "24 labelled posts of this site." in said
    for part in ("corpus, test part", "this site, posts new to both"):
        rows = [line.split() for line in said.partition(part)[2].splitlines()[2:6]]
        assert [row[:4] for row in rows[:3]] == [["found", "at", "level", level] for level in "432"]
        flagged, of = int(rows[3][3]), int(rows[3][5])
        assert flagged == of, "the one in use flags every ordinary text"


def test_retrain_screening_worse_candidate_is_refused_and_nothing_changes(
    with_model, tiny_model, labelled, small_corpus, capsys
):
    before = put_in_use(tiny_model, thresholds=dict.fromkeys(map(str, RISKS), 0.0))

    said, refusal = retrain(capsys, "--install")

    assert refusal.startswith("Not installed. corpus, test part: it finds less at level")
    assert "Worse on the corpus: this site's posts are not asked." in said
    assert screener.model_file().read_bytes() == before
    assert not learning.previous_file().exists()


def test_retrain_posts_that_the_model_in_use_has_met_are_not_compared_on(
    with_model, tiny_model, labelled, small_corpus
):
    put_in_use(
        tiny_model,
        thresholds=dict.fromkeys(map(str, RISKS), 1.1),
        learned_until=(SOON + timedelta(minutes=10)).isoformat(),
    )
    said = []

    found = learning.retrain(learning.lessons(), at=NOON, tell=said.append)

    assert [one.name for one in found.compared] == ["corpus, test part"]
    assert any("too few to compare on" in line or "Worse on the corpus" in line for line in said)


def test_trained_model_holds_no_words(tiny_model):
    texts = [passage.text for passage in own_corpus(split="train")[::50]]
    words = {word.lower() for text in texts for word in text.split() if len(word) > 8 and word.isalpha()}
    content = (str(tiny_model.about) + " ".join(tiny_model.arrays)).lower()

    assert len(words) > 50
    assert [word for word in words if word in content and word not in {str(one) for one in RISKS}] == []
    assert {array.dtype.kind for array in tiny_model.arrays.values()} <= {"i", "f"}
