"""Bring the demo community to life through the same verbs as the site, so that its history is a real one."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import PenName, User
from community.demo import people as demo_people
from community.demo.content import table, threads
from core.bell import silence
from core.events import record
from core.markup import FoldSpan
from counsel import intake
from counsel.actions import publish_counsel_reply, save_reply_draft, take_request
from counsel.models import Credential, ReplyRequest
from forums.actions import create_space, publish_article, submit_question, submit_reply, submit_story
from forums.enums import Capacity
from forums.models import Post, Space
from helplines.actions import seed_demo_rows
from moderation import triage
from moderation.actions import Verdict, appeal_decision, claim_case, decide_case, place_case, set_case_aside
from moderation.enums import Action
from moderation.models import Case, Decision
from moderation.readings import ScreenedWords
from moderation.screening.engine import read
from notices.actions import mark_read
from notices.models import Notice

_LOOK = timedelta(minutes=7)


class DemoLoader:
    """Load everything in one transaction: an interrupted start leaves nothing half-made."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.people: dict[str, User] = {}
        self.spaces: dict[str, Space] = {}
        self.openings: dict[str, Post] = {}

    def load(self) -> list[dict[str, Any]]:
        """Make the community and return role, username and password of the accounts to show."""
        with silence(), transaction.atomic():
            self.people, passwords = demo_people.make_people(self.now)
            demo_people.make_credentials(self.people, self.now)
            demo_people.make_rota(self.people)
            demo_people.make_rules()
            seed_demo_rows()
            self._make_spaces()
            for entry in threads():
                self._make_thread(entry)
            for row in table("decided"):
                self._make_decided(row)
            for row in table("held"):
                post = self._submit(row, at=self.now - timedelta(minutes=row["minutes_ago"]))
                self._screen(post)
            for notice in Notice.objects.filter(created_at__lt=self.now - timedelta(days=2)):
                mark_read(notice, at=notice.created_at + timedelta(hours=9))
            record("demo_seeded", self.people["operator"], at=self.now)
        return demo_people.rows_of(self.people, passwords)

    def _make_spaces(self) -> None:
        opened = self.now - timedelta(days=700)
        for rank, row in enumerate(table("space")):
            self.spaces[row["slug"]] = create_space(**row, rank=rank, at=opened, by=self.people["operator"])

    def _make_thread(self, entry: dict[str, Any]) -> None:
        row = entry["thread"]
        at = self._ago(row["days_ago"])
        author = self.people[row["author"]]
        pen_name = self._pen_name(row)
        if row["kind"] == "article":
            opening = publish_article(
                space=self.spaces[row["space"]],
                pen_name=pen_name,
                title=row["title"],
                body=row["body"],
                excerpt=row["excerpt"],
                at=at,
                by=author,
            )
        else:
            opening = self._submit(row | {"guest_name": ""}, at=at)
        self._screen(opening)
        self._let_through(opening, row)
        self.openings[row["slug"]] = opening
        posts = {"": opening}
        for reply in sorted(entry.get("reply", []), key=lambda reply: -float(reply["days_ago"])):
            posts[reply["key"]] = self._make_reply(opening, reply, posts[reply["parent"]])

    def _make_reply(self, opening: Post, row: dict[str, Any], parent: Post) -> Post:
        at = self._ago(row["days_ago"])
        if row.get("capacity") == "counselor":
            post = self._answer_as_counselor(opening, row, parent, at)
        else:
            who = self._writer(row)
            above = None if parent.is_opening else parent
            post = submit_reply(opening.thread, body=row["body"], parent=above, at=at, **who)
        self._screen(post)
        self._let_through(post, row)
        return post

    def _answer_as_counselor(self, opening: Post, row: dict[str, Any], parent: Post, at: datetime) -> Post:
        """Answer through the desk where somebody asked for it; otherwise join the conversation as a counselor."""
        counselor = self.people[row["author"]]
        request = ReplyRequest.objects.live().filter(post=parent).first()
        if request is not None:
            take_request(request, by=counselor, at=at - timedelta(minutes=50))
            save_reply_draft(
                request,
                by=counselor,
                body=row["body"],
                version=0,
                at=at - timedelta(minutes=5),
                pen_name=self._pen_name(row),
            )
            return publish_counsel_reply(request, by=counselor, at=at)
        credential = Credential.objects.of(counselor).valid_on(timezone.localdate(at))[0]
        return submit_reply(
            opening.thread,
            body=row["body"],
            by=counselor,
            pen_name=self._pen_name(row),
            parent=None if parent.is_opening else parent,
            capacity=Capacity.COUNSELOR,
            credential_line=credential.public_line(),
            at=at,
        )

    def _make_decided(self, row: dict[str, Any]) -> None:
        at = self._ago(row["days_ago"]) - timedelta(hours=2)
        post = self._submit(row, at=at)
        self._bring_to_person(post)
        verdict = Verdict(action=row["action"], reason=row["reason"], rule=row["rule"])
        decision = self._decide(post, verdict, by=self.people[row["by"]], at=at + timedelta(hours=2))
        if decision is not None and row["appeal"]:
            later = min(at + timedelta(hours=20), self.now)
            appeal_decision(decision, by=self.people[row["author"]], text=row["appeal"], at=later)

    def _submit(self, row: dict[str, Any], *, at: datetime) -> Post:
        if row["kind"] == "reply":
            return submit_reply(self.openings[row["thread"]].thread, body=row["body"], at=at, **self._writer(row))
        words = {
            "by": self.people[row["author"]],
            "pen_name": self._pen_name(row),
            "space": self.spaces[row["space"]],
            "title": row["title"],
            "body": row["body"],
            "wants_counselor": row["wants_counselor"],
            "at": at,
        }
        if row["kind"] == "question":
            return submit_question(**words)
        return submit_story(**words, wish=row["wish"])

    def _screen(self, post: Post) -> None:
        """Read a post a few seconds after it was sent, as a worker does."""
        case = Case.objects.filter(post=post).open().get()
        reading = read(ScreenedWords.of(post).text)
        moment = post.created_at + timedelta(seconds=2)
        place_case(case, reading, attempt=case.screening_attempt, post_version=post.version, at=moment)
        post.refresh_from_db()
        # What a listener does after commit, done here so that the story goes on inside this transaction.
        if post.is_published:
            intake.open_for_published(post.pk, at=moment)

    def _bring_to_person(self, post: Post) -> None:
        """Screen a post that a person is to decide about; if screening would let it through, say that it failed."""
        reading = read(ScreenedWords.of(post).text)
        if triage.place(reading, triage.Facts.of(post)).wait:
            self._screen(post)
        else:
            case = Case.objects.filter(post=post).open().get()
            set_case_aside(case, attempt=case.screening_attempt, at=post.created_at)

    def _let_through(self, post: Post, row: dict[str, Any]) -> None:
        """Have a moderator read what waits, and fold the passage that the demo folds."""
        passage = row.get("fold_passage", "")
        folds = []
        if passage:
            start = post.body.index(passage.strip())
            folds = [FoldSpan(start, start + len(passage.strip()), row["fold_line"])]
        reason = (
            "One part tells of something that is hard for many to read. It is all there, one tap away." if folds else ""
        )
        verdict = Verdict(action=Action.FOLD if folds else Action.PUBLISH, reason=reason, folds=folds)
        by = next(p for p in self._moderators() if p != self.people.get(row["author"]))
        self._decide(post, verdict, by=by, at=post.created_at + _LOOK)

    def _decide(self, post: Post, verdict: Verdict, *, by: User, at: datetime) -> Decision | None:
        case = Case.objects.waiting().select_related("post", "post__pen_name").filter(post=post).first()
        if case is None:
            return None
        if post.is_published and verdict.action == Action.PUBLISH:  # a look afterwards
            verdict = Verdict(action=Action.NONE)
        case = claim_case(case, by=by, at=at - timedelta(minutes=2))
        decision = decide_case(case, verdict, by=by, lease_number=case.lease_number, post_version=post.version, at=at)
        post.refresh_from_db()
        if verdict.action == Action.REFER:
            intake.open_for_referred(post.pk, at=at)
        elif post.is_published:
            intake.open_for_published(post.pk, at=at)
        return decision

    def _moderators(self) -> Iterable[User]:
        return (self.people[key] for key in ("moderator2", "moderator", "lead"))

    def _pen_name(self, row: dict[str, Any]) -> PenName:
        return PenName.objects.of(self.people[row["author"]]).get(name=row["pen_name"])

    def _writer(self, row: dict[str, Any]) -> dict[str, Any]:
        if row.get("author"):
            return {"by": self.people[row["author"]], "pen_name": self._pen_name(row)}
        return {"guest_name": row["guest_name"]}

    def _ago(self, days: float) -> datetime:
        return self.now - timedelta(days=float(days))
