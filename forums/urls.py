"""Addresses of reading and writing."""

from django.urls import path

from forums.feeds import ArticlesFeed
from forums.views import reading, writing, writing_nudges

app_name = "forums"
urlpatterns = [
    path("spaces/", reading.spaces, name="spaces"),
    path("spaces/<slug:slug>/", reading.space, name="space"),
    path("articles/", reading.articles, name="articles"),
    path("articles/feed/", ArticlesFeed(), name="articles_feed"),
    path("stories/", reading.stories, name="stories"),
    path("stories/new/", writing.story_new, name="story_new"),
    path("questions/new/", writing.question_new, name="question_new"),
    path("t/<int:thread_id>-<slug:slug>/", reading.thread, name="thread"),
    path("t/<int:thread_id>/reply/", writing.reply, name="reply"),
    path("t/<int:thread_id>/reply/nudge/", writing_nudges.reply_nudge, name="reply_nudge"),
    path("drafts/save/", writing.draft_save, name="draft_save"),
    path("drafts/<uuid:key>/discard/", writing.draft_discard, name="draft_discard"),
    path("me/posts/<int:post_id>/edit/", writing.post_edit, name="post_edit"),
    path("me/posts/<int:post_id>/withdraw/", writing.post_withdraw, name="post_withdraw"),
]
