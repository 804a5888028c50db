"""Addresses of the counsel desk."""

from django.urls import path

from counsel.views import credentials, desk, requests

app_name = "counsel"

urlpatterns = [
    path("counsel/", desk.desk, name="desk"),
    path("counsel/requests/<int:request_id>/", requests.request_page, name="request"),
    path("counsel/requests/<int:request_id>/take/", requests.request_take, name="request_take"),
    path("counsel/requests/<int:request_id>/give-back/", requests.request_give_back, name="request_give_back"),
    path("counsel/requests/<int:request_id>/no-answer-needed/", requests.request_settle, name="request_settle"),
    path("counsel/requests/<int:request_id>/draft/", requests.draft_save, name="draft_save"),
    path("counsel/requests/<int:request_id>/publish/", requests.reply_publish, name="reply_publish"),
    path("counsel/credentials/", credentials.credentials, name="credentials"),
    path("counsel/credentials/<int:credential_id>/verify/", credentials.credential_verify, name="credential_verify"),
    path("counsel/credentials/<int:credential_id>/revoke/", credentials.credential_revoke, name="credential_revoke"),
]
