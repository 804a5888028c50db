"""What the forms of writing post, and what the pages that answer show."""

import re
from html import unescape
from uuid import uuid4

from forums.drafting import seal
from forums.models import DraftKind
from tests import factories
from tests.factories import PASSWORD, pen_name_of

WORDS = 'I have not told <anyone> & "it" is 3 a.m.'


def opening_of(member, **fields):
    """Return what a story's or a question's form posts."""
    return {
        "title": "A night",
        "body": WORDS,
        "wish": "listen",
        "space": factories.make_space().slug,
        "pen_name": pen_name_of(member).public_id,
        "submission_key": str(uuid4()),
        "draft_key": seal(member, DraftKind.STORY),
        "version": "0",
    } | fields


def reply_of(member, thread, **fields):
    return {
        "body": WORDS,
        "pen_name": pen_name_of(member).public_id,
        "submission_key": str(uuid4()),
        "draft_key": seal(member, DraftKind.REPLY, thread),
        "version": "0",
        "parent": "",
    } | fields


def guest_reply(**fields):
    return {
        "body": WORDS,
        "guest_name": "a neighbour",
        "submission_key": str(uuid4()),
        "draft_key": "",
        "parent": "",
    } | fields


def change_of(post, member, **fields):
    return {
        "title": "Another night",
        "body": WORDS,
        "submission_key": str(uuid4()),
        "draft_key": seal(member, DraftKind.CHANGE, post.thread, post),
        "version": "0",
    } | fields


def reply_url(thread):
    return f"/t/{thread.pk}/reply/"


def typed_words(answer, name="body"):
    """Return what stands in the text field of a page, as a browser would show it."""
    html = answer.content.decode()
    found = re.search(rf'<textarea[^>]*name="{name}"[^>]*>(.*?)</textarea>', html, re.DOTALL)
    return unescape(found[1]).removeprefix("\n") if found else None


def hidden_values(answer):
    """Return the hidden values that the page's form would send."""
    html = answer.content.decode()
    found = {}
    for tag in re.findall(r'<input[^>]*type="hidden"[^>]*>', html):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name:
            found[name[1]] = unescape(value[1]) if value else ""
    return found


def assert_keeps_words(answer, words=WORDS, status=422):
    assert answer.status_code == status
    assert typed_words(answer) == words


def login_address(answer):
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/?next=")
    return answer["Location"]


def sign_in(client, user, address):
    return client.post(address, {"login": user.username, "password": PASSWORD}, follow=True)
