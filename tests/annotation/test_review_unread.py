"""Items that a judge could not be read on, for people to look at."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from annotation.actions.people import CampaignRefused
from annotation.actions.unread import review_unread
from annotation.models import Assignment, Campaign
from judging.actions.mt_bench import judge_for_mt_bench
from judging.engines.base import Request
from judging.models import Dataset, Run
from tests.conftest import logged_in
from tests.factories import make_benchmark_run
from tests.judging.benchmarks.mt_bench.files import answered, judged, questions_dataset, write_prompts

pytestmark = pytest.mark.django_db


def graded(tmp_path: Path, *unread: str) -> Run:
    def says(request: Request) -> str:
        return "Hm." if request.item.category in unread else "[[5]]"

    judge = judge_for_mt_bench(write_prompts(tmp_path), model="j")
    questions = Dataset.objects.filter(name="mt_bench").first() or questions_dataset(tmp_path)
    return judged(judge, answered(questions, "m1"), says)[0]


def test_unread_items_are_in_a_campaign_once(tmp_path: Path, annotator: User) -> None:
    run = graded(tmp_path, "math")
    campaign, gained = review_unread(run, name="unread", annotators=[annotator.username])
    assert gained == 1
    assert [row.item.category for row in campaign.campaign_items.all()] == ["math"]
    assert (campaign.run, campaign.campaign_items.get().how) == (run, "hand")
    assert Assignment.objects.filter(annotator__user=annotator).count() == 1
    assert review_unread(run, name="unread", annotators=[annotator.username]) == (campaign, 0)


def test_a_run_whose_replies_were_all_read_has_nothing_to_review(tmp_path: Path, annotator: User) -> None:
    with pytest.raises(CampaignRefused, match="has a value; there is nothing to review"):
        review_unread(graded(tmp_path), name="unread", annotators=[annotator.username])
    run = graded(tmp_path, "writing")
    with pytest.raises(CampaignRefused):
        review_unread(run, name="unread", annotators=["nobody"])


def test_people_are_asked_what_the_judge_was_asked(tmp_path: Path, annotator: User) -> None:
    run = graded(tmp_path, "math")
    campaign, _ = review_unread(run, name="unread", annotators=[annotator.username])
    assert run.judge is not None
    assert campaign.rubric == run.judge.rubric
    assert [each.name for each in Assignment.objects.get().asked()] == ["turn_1", "turn_2"]


def test_the_command_gives_them_out(tmp_path: Path, annotator: User) -> None:
    run = graded(tmp_path, "math")
    out = StringIO()
    call_command("review_unread", run.pk, "--annotators", annotator.username, "--json", stdout=out)
    assert json.loads(out.getvalue()) == {"campaign": f"run {run.pk}, unread", "gained": 1, "items": 1}
    call_command("review_unread", run.pk, "--annotators", annotator.username, stdout=out)
    assert f"Campaign run {run.pk}, unread: 0 items more, 1 in all." in out.getvalue()
    with pytest.raises(CommandError, match="There is no run 99999"):
        call_command("review_unread", 99999, "--annotators", annotator.username)
    with pytest.raises(CommandError):
        call_command("review_unread", run.pk, "--annotators", "nobody")


def test_the_page_offers_the_judge_and_people(tmp_path: Path, lead: User, annotator: User) -> None:
    run, client = graded(tmp_path, "math"), logged_in(lead)
    page = client.get(f"/runs/{run.pk}/unread/").content.decode()
    assert "1 item has an answer and no value" in page
    assert f'action="/runs/{run.pk}/retry/"' in page
    response = client.post(
        f"/runs/{run.pk}/unread/", {"campaign": "unread", "annotators": [annotator.pk], "labels_per_item": 1}
    )
    campaign = Campaign.objects.get(name="unread")
    assert response.headers["Location"] == f"/campaigns/{campaign.pk}/"
    assert campaign.campaign_items.count() == 1
    assert "This field is required" in client.post(f"/runs/{run.pk}/unread/", {"campaign": "x"}).content.decode()
    refused = {"campaign": "many", "annotators": [annotator.pk], "labels_per_item": 5}
    assert client.post(f"/runs/{run.pk}/unread/", refused).status_code == 200
    assert not Campaign.objects.filter(name="many").exists()


def test_the_page_says_that_everything_was_read(tmp_path: Path, lead: User) -> None:
    page = logged_in(lead).get(f"/runs/{graded(tmp_path).pk}/unread/").content.decode()
    assert "Every answer has a value" in page


def test_the_benchmark_page_leads_there(tmp_path: Path, lead: User) -> None:
    run = graded(tmp_path, "math")
    found = make_benchmark_run(
        Dataset.objects.get(name="mt_bench"), benchmark="mt_bench", judge=run.judge,
        candidates=[{"engine": "scripted", "model": "m1", "base_url": ""}], options={"stage": "all", "first_n": None},
    )  # fmt: skip
    Run.objects.filter(pk=run.pk).update(benchmark_run=found, stage="judging", candidate=0)
    page = logged_in(lead).get(found.get_absolute_url()).content.decode()
    assert f'href="/runs/{run.pk}/unread/"' in page
