"""`manage.py import_wordpress FILE`: bring articles and approved comments of a WordPress site here."""

import time
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import User
from counsel.models import Credential
from counsel.queries import names_to_answer_under
from forums.importing.loader import Steps, import_file, preview, room_for_articles
from forums.importing.planning import Counselor, Tally
from forums.importing.progress import Progress
from forums.importing.records import Survey
from forums.importing.wxr import Fault, WxrError, survey
from forums.models import Space
from moderation.enums import Cause
from moderation.models import Case

_FAULTS = {
    Fault.EMPTY: gettext_noop("%(file)s is empty."),
    Fault.NOT_XML: gettext_noop("%(file)s is not an XML file (line %(line)d: %(detail)s)."),
    Fault.NOT_WXR: gettext_noop(
        "%(file)s is XML, but no WordPress export. In WordPress, choose Tools, then Export, then All content."
    ),
    Fault.CUT_OFF: gettext_noop(
        "%(file)s ends too early, in line %(line)d: it was not saved completely. Nothing was imported."
    ),
    Fault.BROKEN: gettext_noop("%(file)s is damaged in line %(line)d (%(detail)s). Nothing was imported."),
    Fault.ENTITIES: gettext_noop(
        "%(file)s declares entities of its own in line %(line)d, which WordPress never does. Nothing was imported."
    ),
    Fault.TOO_LONG: gettext_noop("%(file)s has a text too long to be one, near line %(line)d. Nothing was imported."),
}
_LEFT_OUT = {
    "item:attachment": gettext_noop("media files"),
    "item:nav_menu_item": gettext_noop("menu entries"),
    "item:page": gettext_noop("pages"),
    "item:post auto-draft": gettext_noop("articles not finished"),
    "item:post draft": gettext_noop("articles not finished"),
    "item:post future": gettext_noop("articles planned for later"),
    "item:post pending": gettext_noop("articles waiting for an editor"),
    "item:post private": gettext_noop("private articles"),
    "item:post protected": gettext_noop("articles protected by a password"),
    "item:post trash": gettext_noop("articles in the trash"),
    "item:post without status": gettext_noop("articles that do not say whether they were published"),
    "comment:below": gettext_noop("comments on something left out"),
    "comment:empty": gettext_noop("comments without words"),
    "comment:pingback": gettext_noop("pingbacks"),
    "comment:post-trashed": gettext_noop("comments in the trash"),
    "comment:spam": gettext_noop("comments marked as spam"),
    "comment:trackback": gettext_noop("trackbacks"),
    "comment:trash": gettext_noop("comments in the trash"),
    "comment:unapproved": gettext_noop("comments that no editor approved"),
}


class Command(BaseCommand):
    """Imports a WordPress export; docs/importing.md tells what comes over and how."""

    help = "Import the articles and approved comments of a WordPress export (WXR)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file, whose words they are, and where they go."""
        parser.add_argument("file", type=Path, help="the export that WordPress saved, an .xml file")
        parser.add_argument("--counselor", metavar="USER", default="", help="the account that wrote the articles")
        parser.add_argument("--author", metavar="LOGIN", default="", help="which of several authors --counselor is")
        parser.add_argument("--space", metavar="SLUG", default="", help="the space for the articles")
        parser.add_argument("--dry-run", action="store_true", help="show what would come in, write nothing")

    def handle(self, **options: Any) -> None:
        """Check the whole file, then import it; raises CommandError with one line where that cannot be done."""
        path: Path = options["file"]
        at, started = timezone.now(), time.monotonic()
        space = _space(options["space"])
        try:
            checked = self._survey(path)
            counselor = _counselor(options["counselor"], options["author"], checked, at)
            tally = self._carry_over(
                path, checked, space=space, counselor=counselor, at=at, writes=not options["dry_run"]
            )
        except WxrError as error:
            words = _(_FAULTS[error.fault]) % {"file": path, "line": error.line, "detail": error.detail}
            raise CommandError(words) from error
        except OSError as error:
            raise CommandError(
                _("%(file)s cannot be read: %(why)s.") % {"file": path, "why": error.strerror or error}
            ) from error
        self._report(tally, checked, at=at, is_preview=options["dry_run"])
        self.stdout.write(_("Took %(seconds).1f seconds.") % {"seconds": time.monotonic() - started})

    def _survey(self, path: Path) -> Survey:
        with self._progress(path, _("Checking the file: %(percent)d%%")) as progress:
            return survey(path, on_bytes=progress.on_bytes)

    def _carry_over(
        self,
        path: Path,
        checked: Survey,
        *,
        space: Space | None,
        counselor: Counselor | None,
        at: datetime,
        writes: bool,
    ) -> Tally:
        importing = _("Importing: %(percent)d%%, %(done)d articles and thoughts")
        reading = _("Reading: %(percent)d%%, %(done)d articles and thoughts")
        with self._progress(path, importing if writes else reading) as progress:
            steps = Steps(on_bytes=progress.on_bytes, on_post=progress.on_post)
            if writes:
                return import_file(path, checked, space=space, at=at, counselor=counselor, steps=steps)
            return preview(path, checked, at=at, counselor=counselor, steps=steps)

    @contextmanager
    def _progress(self, path: Path, words: str) -> Iterator[Progress]:
        def write(text: str) -> None:
            self.stderr.write(text, style_func=str, ending="")
            self.stderr.flush()

        progress = Progress(write, is_terminal=self.stderr.isatty(), size=path.stat().st_size, words=words)
        try:
            yield progress
        finally:
            progress.close()

    def _report(self, tally: Tally, checked: Survey, *, at: datetime, is_preview: bool) -> None:
        self.stdout.write(_("This would come in:") if is_preview else _("Imported:"))
        self._count(tally.articles, _("articles"))
        self._count(tally.thoughts, _("thoughts"))
        self._count(tally.pen_names, _("new pen names"))
        if tally.articles_here or tally.thoughts_here:
            self.stdout.write(_("Already here, left as it is, also where it was changed since:"))
            self._count(tally.articles_here, _("articles"))
            self._count(tally.thoughts_here, _("thoughts"))
        if tally.left_out:
            self.stdout.write(_("Left out:"))
        for words, number in sorted(_by_words(tally.left_out).items()):
            self._count(number, words)
        if tally.moved_up:
            self.stdout.write(_("Answered something left out or missing, so they stand one place higher:"))
            self._count(tally.moved_up, _("thoughts"))
        if checked.dropped_characters:
            self.stdout.write(_("Removed, because no text can hold them:"))
            self._count(checked.dropped_characters, _("control characters"))
        waiting = Case.objects.waiting().filter(cause=Cause.IMPORTED, post__human_read_at=at).count()
        if waiting:
            self.stdout.write(_("For the review queue, a person should look:"))
            self._count(waiting, _("articles and thoughts"))

    def _count(self, number: int, words: str) -> None:
        self.stdout.write(f"{number:>8}  {words}")


def _by_words(left_out: Mapping[str, int]) -> dict[str, int]:
    """Return the figures by words for a reader; a kind that is not known here keeps its own name."""
    figures: dict[str, int] = {}
    for kind, number in left_out.items():
        what, _colon, name = kind.partition(":")
        others = _("comments of the kind “%(name)s”") if what == "comment" else _("items of the kind “%(name)s”")
        words = _(_LEFT_OUT[kind]) if kind in _LEFT_OUT else others % {"name": " ".join(name.split())}
        figures[words] = figures.get(words, 0) + number
    return figures


def _space(slug: str) -> Space | None:
    space = room_for_articles(slug)
    if slug and space is None:
        raise CommandError(_("There is no space “%(slug)s”.") % {"slug": slug})
    return space


def _counselor(username: str, login: str, checked: Survey, at: datetime) -> Counselor | None:
    """Return the account that stands for the author, with the credential that its replies need."""
    if not username:
        if login:
            raise CommandError(_("--author says which author --counselor is; give both."))
        return None
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise CommandError(_("There is no active account “%(name)s”.") % {"name": username})
    credential = Credential.objects.of(user).valid_on(timezone.localdate(at)).first()
    if credential is None:
        raise CommandError(
            _(
                "“%(name)s” has no valid credential, so nothing can carry the word Counselor. Ask an operator to put the "
                "credential on record and verify it, then run this again; or leave --counselor out."
            )
            % {"name": username}
        )
    names = names_to_answer_under(user)
    if not names:
        raise CommandError(
            _("“%(name)s” has no pen name. Sign in as %(name)s, choose one under “Pen names”, then run this again.")
            % {"name": username}
        )
    return Counselor(_login(login, checked), names[0], credential.public_line())


def _login(login: str, checked: Survey) -> str:
    """Return which author of the export the counselor is; nobody else's words may carry the credential."""
    known = sorted(checked.creators)
    if login in known or (not login and not known):
        return login
    if not login and len(known) == 1:
        return known[0]
    raise CommandError(
        _("Say with --author which author the counselor is: %(known)s.") % {"known": ", ".join(known) or _("none")}
    )
