"""The example dataset and the labels of its two example reviewers."""

import json
from pathlib import Path
from typing import Any

from annotation.actions.labels import submit_label
from annotation.core.words import Answer, PageView, Word
from annotation.models import Assignment
from judging.core.verdicts import PersonVerdict

DATASET = "demo"
FOLDER = Path(__file__).resolve().parent / "demo_data"
QA_FILE = FOLDER / "qa.jsonl"
LABELS = FOLDER / "labels.jsonl"
REVIEWERS = ("reviewer-1", "reviewer-2")


def label_as_the_reviewers_did(campaign: str) -> int:
    """Submit the example labels as the page would; what is labelled already stays. Returns how many were new."""
    rows = [json.loads(line) for line in LABELS.read_text(encoding="utf-8").splitlines()]
    queue = Assignment.objects.filter(campaign__name=campaign, campaign__dataset__name=DATASET)
    pending = {
        (assignment.campaign_item.item.key, assignment.annotator.name): assignment
        for assignment in queue.filter(state=Assignment.State.PENDING).select_related(
            "campaign_item__item", "annotator"
        )
    }
    wanted = [(pending[row["id"], row["annotator"]], row) for row in rows if (row["id"], row["annotator"]) in pending]
    for assignment, row in wanted:
        item = assignment.campaign_item.item
        view = PageView(key="example", known_rev=assignment.draft_rev, item_revision=item.revision)
        submit_label(assignment, word_of(row), view=view)
    return len(wanted)


def word_of(row: dict[str, Any]) -> Word:
    """A line of the labels file as a person's word."""
    said = Answer.of(PersonVerdict(row["verdict"]))
    return Word(answers=(said,), comment=row["comment"], correction=row.get("correction"))
