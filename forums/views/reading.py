"""Reading: spaces, lists and threads. Nothing here asks for an account."""

from html import unescape
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import strip_tags
from django.views.decorators.http import require_safe

from core.pagination import Page, paginate
from forums import rules
from forums.drafting import drafts_of, initial_of, seal
from forums.enums import ThreadKind
from forums.forms import GuestReplyForm, MemberReplyForm, SubmissionForm
from forums.models import MAX_DEPTH, Draft, DraftKind, Post, Space, Thread

REPLIES_PER_PAGE = 50
THREADS_PER_PAGE = 20
# Digits of the largest number that a database gives a row.
_LONGEST_ID = 18
_KINDS = {"story": ThreadKind.STORY, "question": ThreadKind.QUESTION}


def thread_or_404(viewer: Any, thread_id: int) -> Thread:
    """Return the thread if `viewer` may read it; raises Http404 otherwise."""
    thread = Thread.objects.visible_to(viewer).for_listing().filter(pk=thread_id).first()
    if thread is None:
        raise Http404
    return thread


@require_safe
def spaces(request: HttpRequest) -> HttpResponse:
    """List the rooms."""
    return render(request, "forums/space/spaces.html", {"spaces": Space.objects.all()})


@require_safe
def space(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one room and its threads, the liveliest first."""
    room = Space.objects.filter(slug=slug).first()
    if room is None:
        raise Http404
    threads = Thread.objects.published().for_listing().filter(space=room)
    page = _page(request, threads, by=("-last_post_at", "-id"))
    return render(request, "forums/space/space.html", {"space": room, "page": page})


@require_safe
def stories(request: HttpRequest) -> HttpResponse:
    """List stories and questions, the newest first; `?kind=` narrows to one of them."""
    threads = Thread.objects.published().for_listing().stories()
    kind = request.GET.get("kind", "")
    if kind in _KINDS:
        threads = threads.filter(kind=_KINDS[kind])
    page = _page(request, threads, by=("-published_at", "-id"))
    return render(request, "forums/thread/stories.html", {"page": page, "kind": kind if kind in _KINDS else ""})


@require_safe
def articles(request: HttpRequest) -> HttpResponse:
    """List articles, the newest first."""
    threads = Thread.objects.published().for_listing().articles()
    page = _page(request, threads, by=("-published_at", "-id"))
    return render(request, "forums/thread/articles.html", {"page": page})


@require_safe
def thread(request: HttpRequest, thread_id: int, slug: str) -> HttpResponse:
    """Show a thread: its opening, replies below what they answer, and the reply box."""
    shown = thread_or_404(request.user, thread_id)
    if slug != shown.slug:
        return redirect(with_query(shown.get_absolute_url(), request), permanent=True)
    context = thread_context(request, shown)
    if context["opening"] is None and context["page"].is_first:
        # Its author took it back: nothing of it is left to show.
        raise Http404
    return render(request, "forums/thread/thread.html", context)


def with_query(path: str, request: HttpRequest) -> str:
    """Return `path` with the query of `request`."""
    query = request.META.get("QUERY_STRING", "")
    return f"{path}?{query}" if query else path


def thread_context(request: HttpRequest, shown: Thread, form: SubmissionForm | None = None) -> dict[str, Any]:
    """Return what the thread page shows; `form` is a reply that could not be sent, words kept."""
    posts = Post.objects.visible_to(request.user).filter(thread=shown).for_thread()
    page = paginate(posts, by=("path",), after=request.GET.get("after", ""), size=REPLIES_PER_PAGE + 1)
    _name_the_answered(page.rows)
    for post in page.rows:
        post.thread = shown
    refusal = rules.can_reply(request.user, shown)
    draft = _draft(request, shown) if refusal and form is None else None
    reply_parent = _reply_parent(request, page, form, draft)
    opening = next((post for post in page.rows if post.is_opening), None)
    return {
        "thread": shown,
        "lead": _lead(shown, opening),
        "opening": opening,
        "replies": [post for post in page.rows if not post.is_opening],
        "page": page,
        "may_reply": bool(refusal),
        "reply_refusal": getattr(refusal, "reason", ""),
        "reply_parent": reply_parent,
        # Words that could not be sent are shown also where nothing more can be said.
        "reply_form": form or (_reply_form(request, shown, reply_parent, draft) if refusal else None),
    }


def _draft(request: HttpRequest, shown: Thread) -> Draft | None:
    if not request.user.is_authenticated:
        return None
    return drafts_of(request.user, DraftKind.REPLY, shown).first()


def _reply_form(request: HttpRequest, shown: Thread, parent: Post | None, draft: Draft | None) -> SubmissionForm:
    """Return an empty reply form for this visitor, or one that goes on with the member's draft."""
    initial = initial_of(draft) | {"parent": parent.pk if parent is not None else None}
    if request.user.is_authenticated:
        initial["draft_key"] = seal(request.user, DraftKind.REPLY, shown)
        return MemberReplyForm(initial=initial, member=request.user)
    return GuestReplyForm(initial=initial)


def _reply_parent(
    request: HttpRequest, page: Page[Post], form: SubmissionForm | None, draft: Draft | None
) -> Post | None:
    """Return the message that is being answered, if it is another than the opening.

    It is what the form says, else what the address says (`?reply_to=` with nothing behind it is the opening), else what
    the draft was an answer to.
    """
    if form is not None:
        wanted = form.data.get("parent") or ""
    elif "reply_to" in request.GET:
        wanted = request.GET["reply_to"]
    else:
        wanted = draft.fields.get("parent", "") if draft is not None else ""
    if not wanted.isdecimal() or len(wanted) > _LONGEST_ID:
        return None
    here = next((post for post in page.rows if post.pk == int(wanted)), None)
    if here is None:
        # It stands on another page of a long conversation.
        elsewhere = Post.objects.visible_to(request.user).select_related("pen_name").defer("body", "body_html")
        here = elsewhere.filter(pk=int(wanted), thread=page.rows[0].thread_id).first() if page.rows else None
    return here if here is not None and here.is_published and not here.is_opening else None


def _lead(shown: Thread, opening: Post | None) -> str:
    """Return an article's excerpt, unless the article itself begins with these words."""
    if shown.kind != ThreadKind.ARTICLE or opening is None:
        return ""
    words, begins = ("".join(unescape(strip_tags(text)).split()) for text in (shown.excerpt, opening.body_html))
    return "" if begins.startswith(words.rstrip(".…")) else shown.excerpt


def _name_the_answered(posts: list[Post]) -> None:
    """Give each post that stands flat at the deepest level the name of whom it answers (`in_reply_to`)."""
    by_id = {post.pk: post for post in posts}
    deep = {post.pk: post.parent_id for post in posts if post.depth == MAX_DEPTH and post.parent_id is not None}
    missing = set(deep.values()) - by_id.keys()
    if missing:
        answered = Post.objects.published().filter(pk__in=missing).select_related("pen_name").defer("body", "body_html")
        by_id |= {post.pk: post for post in answered}
    for pk, parent_id in deep.items():
        parent = by_id.get(parent_id)
        if parent is not None and parent.depth == MAX_DEPTH and parent.is_published:
            by_id[pk].in_reply_to = parent.author_name


def _page(request: HttpRequest, threads: QuerySet[Thread], *, by: tuple[str, ...]) -> Page[Thread]:
    return paginate(threads, by=by, after=request.GET.get("after", ""), size=THREADS_PER_PAGE)
