"""Pages of this app."""

from django.urls import URLPattern, URLResolver, include, path

from annotation.views import (
    adjudication,
    agreement,
    agreement_disputes,
    agreement_files,
    agreement_items,
    agreement_own,
    agreement_tune,
    campaign_checks,
    campaign_items,
    campaign_log,
    campaign_queue,
    campaign_undo,
    campaigns,
    questions,
    review,
    review_steps,
    unread,
    uploads,
)

review_urls = [
    path("", review.review_list, name="review_list"),
    path("<int:campaign_pk>/", review.review_next, name="review_next"),
    path("<int:campaign_pk>/done/", review.review_done, name="review_done"),
    path("<int:campaign_pk>/jump/", review.review_jump, name="review_jump"),
    path("<int:campaign_pk>/undo/", review_steps.review_undo, name="review_undo"),
    path("<int:campaign_pk>/<int:queue_rank>/", review.review_item, name="review_item"),
    path("<int:campaign_pk>/<int:queue_rank>/submit/", review_steps.review_submit, name="review_submit"),
    path("<int:campaign_pk>/<int:queue_rank>/draft/", review_steps.review_draft, name="review_draft"),
    path("<int:campaign_pk>/<int:queue_rank>/skip/", review_steps.review_skip, name="review_skip"),
    path("<int:campaign_pk>/<int:queue_rank>/later/", review_steps.review_later, name="review_later"),
    path("<int:campaign_pk>/<int:queue_rank>/star/", review_steps.review_star, name="review_star"),
    path("<int:campaign_pk>/<int:queue_rank>/reopen/", review_steps.review_reopen, name="review_reopen"),
    path("<int:campaign_pk>/<int:queue_rank>/hold/", review_steps.review_hold, name="review_hold"),
    path("<int:campaign_pk>/<int:queue_rank>/release/", review_steps.review_release, name="review_release"),
    path("<int:campaign_pk>/<int:queue_rank>/ahead/", review.review_ahead, name="review_ahead"),
]
campaign_urls = [
    path("campaigns/", campaigns.campaign_list, name="campaign_list"),
    path("campaigns/new/", campaigns.campaign_create, name="campaign_create"),
    path("campaigns/open-log/", campaign_log.campaign_open_log, name="campaign_open_log"),
    path("campaigns/<int:pk>/", campaigns.campaign_detail, name="campaign_detail"),
    path("campaigns/preview/", campaigns.campaign_preview, name="campaign_preview"),
    path("campaigns/<int:pk>/edit/", campaigns.campaign_edit, name="campaign_edit"),
    path("campaigns/<int:pk>/state/", campaigns.campaign_state, name="campaign_state"),
    path("campaigns/<int:pk>/people/", campaigns.campaign_people, name="campaign_people"),
    path("campaigns/<int:pk>/guideline/", campaigns.campaign_guideline, name="campaign_guideline"),
    path("campaigns/<int:pk>/items/", campaign_items.campaign_items, name="campaign_items"),
    path("campaigns/<int:pk>/items/change/", campaign_items.campaign_bulk, name="campaign_bulk"),
    path("campaigns/<int:pk>/undo/", campaign_undo.campaign_undo, name="campaign_undo"),
    path("campaigns/<int:pk>/keep/", questions.campaign_keep, name="campaign_keep"),
    path("benchmarks/questions/", questions.benchmark_questions, name="benchmark_questions"),
    path("runs/<int:pk>/questions/", questions.run_questions, name="run_questions"),
    path("runs/<int:pk>/questions/review/", questions.run_questions_review, name="run_questions_review"),
    path("runs/<int:pk>/unread/", unread.run_unread, name="run_unread"),
    path("campaigns/<int:pk>/known/", campaign_checks.campaign_known, name="campaign_known"),
    path("campaigns/<int:pk>/rereview/", campaign_checks.campaign_rereview, name="campaign_rereview"),
    path("campaigns/<int:pk>/queue/<int:annotator_pk>/", campaign_queue.campaign_queue, name="campaign_queue"),
    path(
        "campaigns/<int:pk>/queue/<int:annotator_pk>/<int:queue_rank>/",
        campaign_queue.campaign_place,
        name="campaign_place",
    ),
    path(
        "campaigns/<int:pk>/queue/<int:annotator_pk>/<int:queue_rank>/review/",
        campaign_queue.campaign_review,
        name="campaign_review",
    ),
    path(
        "campaigns/<int:pk>/queue/<int:annotator_pk>/<int:queue_rank>/review/undo/",
        campaign_queue.campaign_review_undo,
        name="campaign_review_undo",
    ),
]
adjudication_urls = [
    path("adjudication/<int:campaign_pk>/", adjudication.adjudication_next, name="adjudication_next"),
    path("adjudication/<int:campaign_pk>/<int:position>/", adjudication.adjudication_item, name="adjudication_item"),
    path(
        "adjudication/<int:campaign_pk>/<int:position>/decide/",
        adjudication.adjudication_decide,
        name="adjudication_decide",
    ),
    path(
        "adjudication/<int:campaign_pk>/<int:position>/undo/", adjudication.adjudication_undo, name="adjudication_undo"
    ),
]
agreement_urls = [
    path("agreement/", agreement.agreement_list, name="agreement_list"),
    path("agreement/<int:dataset_pk>/", agreement.agreement_report, name="agreement_report"),
    path("agreement/<int:dataset_pk>/items/", agreement_items.agreement_items, name="agreement_items"),
    path("agreement/<int:dataset_pk>/pair/", agreement_items.agreement_pair, name="agreement_pair"),
    path("agreement/<int:dataset_pk>/tune/", agreement_tune.agreement_tune, name="agreement_tune"),
    path("agreement/<int:dataset_pk>/tune/split/", agreement_tune.agreement_split, name="agreement_split"),
    path("agreement/<int:dataset_pk>/tune/look/", agreement_tune.agreement_look, name="agreement_look"),
    path("agreement/<int:dataset_pk>/tune/rubric/", agreement_tune.agreement_rubric, name="agreement_rubric"),
    path("agreement/<int:dataset_pk>/tune/threshold/", agreement_tune.agreement_threshold, name="agreement_threshold"),
    path("agreement/<int:dataset_pk>/tune/refit/", agreement_tune.agreement_refit, name="agreement_refit"),
    path("agreement/<int:dataset_pk>/tune/plot.csv", agreement_tune.agreement_sweep_csv, name="agreement_sweep_csv"),
    path("agreement/<int:dataset_pk>/tune/propose/", agreement_tune.agreement_propose, name="agreement_propose"),
    path("agreement/<int:dataset_pk>/tune/drafts/<int:pk>/", agreement_tune.agreement_draft, name="agreement_draft"),
    path("agreement/<int:dataset_pk>/tune/flags/<int:position>/", agreement_tune.agreement_flag, name="agreement_flag"),
    path("agreement/own/", agreement_own.agreement_own, name="agreement_own"),
    path(
        "agreement/<int:dataset_pk>/disagreements/",
        agreement_disputes.agreement_disagreements,
        name="agreement_disagreements",
    ),
    path(
        "agreement/<int:dataset_pk>/disagreements.csv",
        agreement_disputes.agreement_disagreements_csv,
        name="agreement_disagreements_csv",
    ),
    path("agreement/<int:dataset_pk>/queue/", agreement_disputes.agreement_queue, name="agreement_queue"),
    path("agreement/<int:dataset_pk>/panel/<slug:panel>/", agreement.agreement_panel, name="agreement_panel"),
    path("agreement/<int:dataset_pk>/confusion_matrix.csv", agreement_files.agreement_csv, name="agreement_csv"),
    path("agreement/<int:dataset_pk>/agreement.json", agreement_files.agreement_json, name="agreement_json"),
    path("agreement/<int:dataset_pk>/agreement.html", agreement_files.agreement_html, name="agreement_html"),
    path(
        "agreement/<int:dataset_pk>/tables/<slug:name>.<slug:form>",
        agreement_files.agreement_table,
        name="agreement_table",
    ),
]

upload_urls = [
    path("datasets/import/", uploads.upload_create, name="upload_create"),
    path("datasets/imports/", uploads.upload_list, name="upload_list"),
    path("datasets/imports/<int:pk>/", uploads.upload_detail, name="upload_detail"),
    path("datasets/imports/<int:pk>/look/", uploads.upload_look, name="upload_look"),
    path("datasets/imports/<int:pk>/store/", uploads.upload_store, name="upload_store"),
    path("datasets/imports/<int:pk>/cancel/", uploads.upload_cancel, name="upload_cancel"),
    path("datasets/imports/<int:pk>/again/", uploads.upload_again, name="upload_again"),
    path("datasets/imports/<int:pk>/problems/", uploads.upload_problems, name="upload_problems"),
]
# Every press of an annotator is found by its first word, not behind all pages of leads.
urlpatterns: list[URLPattern | URLResolver] = [
    path("review/", include(review_urls)),
    *campaign_urls,
    *adjudication_urls,
    *agreement_urls,
    *upload_urls,
]
