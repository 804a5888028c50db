from datetime import timedelta
from io import StringIO
from itertools import count
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import PenName
from counsel.models import Credential
from forums.enums import Capacity, PostStatus
from forums.models import Post, Space, Thread
from moderation.enums import Cause
from moderation.models import Case
from tests import factories
from tests.services import CASES

pytestmark = pytest.mark.django_db

DATA = Path(__file__).resolve().parents[1] / "data" / "wxr"
EVERYTHING = DATA / "everything.xml"
WHOLE = EVERYTHING.read_bytes()
FIRST_END = WHOLE.index(b"</wp:comment>")
FOUNDING = CASES / "founding-thread.wxr.xml"


def run(path, **options):
    """Return what the command says, lines joined to one."""
    said = StringIO()
    call_command("import_wordpress", path, stdout=said, stderr=StringIO(), **options)
    return " ".join(said.getvalue().split())


def line_at(offset):
    return WHOLE[:offset].count(b"\n") + 1


def refusal(path, **options):
    with pytest.raises(CommandError) as caught:
        run(path, **options)
    assert Post.objects.count() == PenName.objects.filter(is_imported=True).count() == 0
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_report_tells_what_came_in_and_what_was_left_out(space):
    said = run(EVERYTHING)

    assert "Imported: 2 articles 6 thoughts 5 new pen names" in said
    assert "1 articles protected by a password" in said
    assert "1 comments marked as spam" in said
    assert "1 comments that no editor approved" in said
    assert "1 items of the kind “recipe”" in said
    assert "one place higher: 2 thoughts" in said
    assert "Already here" not in said
    assert "Took " in said
    assert {thread.space for thread in Thread.objects.all()} == {space}


def test_progress_is_shown_apart_from_the_report(space, monkeypatch):
    seconds = count(step=2)
    monkeypatch.setattr("time.monotonic", lambda: float(next(seconds)))
    report, progress = StringIO(), StringIO()

    call_command("import_wordpress", EVERYTHING, stdout=report, stderr=progress)

    lines = progress.getvalue().splitlines()
    assert lines[0] == "Checking the file: 100%"
    assert lines[1].startswith("Importing: ")
    assert lines[-1] == "Importing: 100%, 8 articles and thoughts"
    assert "%" not in report.getvalue()


def test_second_run_tells_what_was_here(space):
    run(EVERYTHING)

    said = run(EVERYTHING)

    assert "Imported: 0 articles 0 thoughts 0 new pen names" in said
    assert "left as it is, also where it was changed since: 2 articles 6 thoughts" in said


def test_dry_run_tells_the_same_and_writes_nothing(space):
    foreseen = run(EVERYTHING, dry_run=True)
    assert Post.objects.count() == 0

    said = run(EVERYTHING)

    figures = said.removeprefix("Imported: ").partition(" For the review queue")[0].partition(" Took")[0]
    assert foreseen.removeprefix("This would come in: ").partition(" Took")[0] == figures


def test_control_characters_are_reported(tmp_path, space):
    path = tmp_path / "export.xml"
    path.write_bytes(EVERYTHING.read_bytes().replace(b"He saw it", b"He \x0bsaw\x08 it"))

    assert "no text can hold them: 2 control characters" in run(path)
    assert Post.objects.filter(body_html__contains="He saw it").exists()


def test_what_a_person_should_look_at_is_reported(tmp_path, space):
    path = tmp_path / "export.xml"
    grave = "I am going to kill myself tonight. I have the pills here."
    path.write_text(EVERYTHING.read_text().replace("I am glad that you wrote.", grave))

    said = run(path)

    cases = Case.objects.waiting().filter(cause=Cause.IMPORTED)
    assert cases.filter(post__body_html__contains="kill myself").count() == 1
    assert f"a person should look: {cases.count()} articles and thoughts" in said


def test_space_can_be_named(space):
    other = factories.make_space("families")

    run(EVERYTHING, space="families")

    assert {thread.space for thread in Thread.objects.all()} == {other}


def test_unknown_space_is_refused():
    assert refusal(EVERYTHING, space="nowhere") == "There is no space “nowhere”."
    assert Space.objects.count() == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty."),
        (b"Dear diary", "is not an XML file (line 1: syntax error)."),
        (b"<html></html>", "is XML, but no WordPress export."),
        (WHOLE[:9000], f"ends too early, in line {line_at(9000)}: it was not saved completely. Nothing was imported."),
        (
            WHOLE.replace(b"</wp:comment>", b"</wp:wrong>", 1),
            f"is damaged in line {line_at(FIRST_END)} (mismatched tag).",
        ),
        ((DATA / "entities.xml").read_bytes(), "declares entities of its own in line 3"),
    ],
)
def test_file_that_cannot_be_used_gets_one_clear_line(tmp_path, content, words):
    path = tmp_path / "export.xml"
    path.write_bytes(content)

    assert f"export.xml {words}" in refusal(path)


def test_missing_file_and_folder_get_one_clear_line(tmp_path):
    assert refusal(tmp_path / "gone.xml").endswith("gone.xml cannot be read: No such file or directory.")
    assert refusal(tmp_path).endswith("cannot be read: Is a directory.")


def test_counselor_is_the_author_that_is_named(space, counselor):
    run(EVERYTHING, counselor="cleo", author="mwillow")

    reply = Post.objects.get(source_key="wp:lamp.example/notes:c102")
    assert (reply.capacity, reply.author_name) == (Capacity.COUNSELOR, "Oak Door")
    assert reply.credential_line == Credential.objects.get().public_line()
    assert not PenName.objects.filter(name="Mara Willow").exists()


def test_counselor_of_several_authors_must_be_named(space, counselor):
    expected = "Say with --author which author the counselor is: jo, mwillow."

    assert refusal(EVERYTHING, counselor="cleo") == expected
    assert refusal(EVERYTHING, counselor="cleo", author="someone") == expected
    assert refusal(EVERYTHING, author="jo") == "--author says which author --counselor is; give both."


def test_counselor_without_account_is_refused(space, suspended):
    assert refusal(EVERYTHING, counselor="nobody") == "There is no active account “nobody”."
    assert refusal(EVERYTHING, counselor="sol") == "There is no active account “sol”."


@pytest.mark.parametrize(
    "change",
    [
        {"verified_at": None, "verified_by": None},
        {"revoked_at": timezone.now()},
        {"valid_until": timezone.localdate() - timedelta(days=1)},
    ],
)
def test_counselor_without_valid_credential_is_refused_and_told_what_to_do(space, counselor, change):
    Credential.objects.update(**change)

    said = refusal(EVERYTHING, counselor="cleo", author="mwillow")

    assert said.startswith("“cleo” has no valid credential")
    assert "Ask an operator" in said


def test_counselor_without_pen_name_is_refused(space, counselor):
    PenName.objects.update(retired_at=timezone.now())

    assert refusal(EVERYTHING, counselor="cleo", author="jo").startswith("“cleo” has no pen name.")


@pytest.mark.cases
def test_founding_thread_comes_over_as_it_was(space, counselor):
    said = run(FOUNDING, counselor="cleo")

    assert "Imported: 1 articles 3 thoughts 2 new pen names" in said
    thread = Thread.objects.get()
    opening, first, second, answer = Post.objects.filter(thread=thread).in_thread_order()
    assert thread.reply_count == 3
    assert thread.last_post_at == answer.created_at
    assert thread.slug == "how-to-help-an-addict"
    assert opening.body_html.count("<figure><figcaption>") == 4
    assert opening.body_html.count("<h2>") == 2
    assert [first.depth, second.depth, answer.depth] == [1, 1, 2]
    assert answer.parent == second
    assert second.body_html.count("<p>") == 5
    assert (answer.capacity, answer.author_name) == (Capacity.COUNSELOR, "Oak Door")
    assert [first.author_name, second.author_name] == ["A reader", "A partner"]
    assert {post.status for post in (opening, first, second, answer)} == {PostStatus.PUBLISHED}
    assert Case.objects.waiting().filter(post=second, cause=Cause.IMPORTED).exists()


@pytest.mark.cases
def test_founding_thread_without_a_local_counselor_keeps_its_author(space):
    run(FOUNDING)

    answer = Post.objects.get(source_key="wp:a-counselors-notes:c3")
    assert (answer.capacity, answer.author_name, answer.credential_line) == (
        Capacity.ARTICLE_AUTHOR,
        "The counselor",
        "",
    )
    assert "0 thoughts" in run(FOUNDING)
