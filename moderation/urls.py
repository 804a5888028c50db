"""Addresses of the review desk, of decisions and of the rules."""

from django.urls import path

from moderation.views import appeals, author, cases, queue, rota, screening

app_name = "moderation"
urlpatterns = [
    path("review/", queue.queue, name="queue"),
    path("review/next/", queue.next_case, name="next"),
    path("review/cases/<int:case_id>/", cases.case, name="case"),
    path("review/cases/<int:case_id>/claim/", cases.case_claim, name="case_claim"),
    path("review/cases/<int:case_id>/renew/", cases.case_renew, name="case_renew"),
    path("review/cases/<int:case_id>/release/", cases.case_release, name="case_release"),
    path("review/cases/<int:case_id>/decide/", cases.case_decide, name="case_decide"),
    path("review/appeals/", appeals.appeals, name="appeals"),
    path("review/appeals/<int:appeal_id>/", appeals.appeal, name="appeal"),
    path("review/screening/", screening.screening, name="screening"),
    path("review/rota/", rota.rota, name="rota"),
    path("review/rota/add/", rota.shift_add, name="shift_add"),
    path("review/rota/<int:shift_id>/remove/", rota.shift_remove, name="shift_remove"),
    path("me/posts/<int:post_id>/", author.post_status, name="post_status"),
    path("after/<str:token>/", author.guest_status, name="guest_status"),
    path("me/decisions/", author.decisions, name="decisions"),
    path("me/decisions/<int:decision_id>/", author.decision, name="decision"),
    path("me/decisions/<int:decision_id>/appeal/", author.decision_appeal, name="decision_appeal"),
    path("rules/", author.community_rules, name="rules"),
]
