"""The Atom feed of articles. Members' stories are never in a feed."""

from datetime import datetime

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.db.models import QuerySet
from django.urls import reverse_lazy
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext_lazy as _

from forums.models import Thread


class ArticlesFeed(Feed):  # type: ignore[type-arg]  # generic only for the type checker
    """The latest articles."""

    feed_type = Atom1Feed
    link = reverse_lazy("forums:articles")
    subtitle = _("Articles")

    def title(self) -> str:
        """Return the site's name."""
        return str(settings.SITE_NAME)

    def items(self) -> QuerySet[Thread]:
        """Return the twenty latest."""
        return Thread.objects.published().articles().order_by("-published_at", "-pk")[:20]

    def item_title(self, item: Thread) -> str:
        """Return the article's title."""
        return item.title

    def item_description(self, item: Thread) -> str:
        """Return its one-sentence excerpt."""
        return item.excerpt

    def item_pubdate(self, item: Thread) -> datetime | None:
        """Return when it was published."""
        return item.published_at
