"""Items that a judge could not be read on, for people to look at."""

from pathlib import Path

import pytest
from django.contrib.auth.models import User

from annotation.actions.people import CampaignRefused
from annotation.actions.unread import review_unread
from annotation.models import Assignment
from judging.actions.mt_bench import judge_for_mt_bench
from judging.engines.base import Request
from judging.models import Dataset, Run
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
