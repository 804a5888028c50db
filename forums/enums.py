"""The fixed words of spaces, threads and posts."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReviewPolicy(models.TextChoices):
    """When a post in a space becomes visible."""

    SCREENED = "screened", _("Ordinary posts appear after screening")
    HUMAN_FIRST = "human_first", _("A person reads every post first")


class ThreadKind(models.TextChoices):
    """What a thread opens with."""

    ARTICLE = "article", _("Article")
    STORY = "story", _("Story")
    QUESTION = "question", _("Question")


class Wish(models.TextChoices):
    """What an author wants back."""

    LISTEN = "listen", _("Just listen")
    EXPERIENCE = "experience", _("Shared experience")
    IDEAS = "ideas", _("Ideas")
    COUNSELOR = "counselor", _("A counselor's view")


class PostStatus(models.TextChoices):
    """The life of a post. Everything is born held."""

    HELD = "held", _("held")
    PUBLISHED = "published", _("published")
    CHANGE_ASKED = "change_asked", _("back with the author")
    DECLINED = "declined", _("declined")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Capacity(models.TextChoices):
    """In which capacity a post was written; chosen per message."""

    MEMBER = "", _("member")
    COUNSELOR = "counselor", _("Counselor")
    ARTICLE_AUTHOR = "article_author", _("Author of this article")
