"""Scores that mean verdicts are compared as verdicts, and as scores beside them."""

from statistics import mean

import pytest

from annotation.reports import agreement_document
from tests import factories

pytestmark = pytest.mark.django_db
PEOPLE = [(5, 4), (4, 4), (2, 1), (3, 4), (1, 1), (5, 5), (2, 4), (4, 5)]
JUDGE = [5, 4, 1, 4, 2, 5, 3, 3]


def said(score: int) -> dict[str, object]:
    return {"value": str(score), "score": float(score)}


def test_the_graded_panel_stands_beside_the_matrix() -> None:
    dataset = factories.make_dataset()
    campaign, run = factories.make_campaign(dataset), factories.make_run(dataset)
    people = [factories.make_annotator(name) for name in ("anna", "ben")]
    for item, scores, judged in zip(factories.make_items(dataset, len(JUDGE)), PEOPLE, JUDGE, strict=True):
        for person, score in zip(people, scores, strict=True):
            factories.make_label(campaign, item, person, "clean" if score >= 4 else "wrong", **said(score))
        factories.make_judgment(run, item, "clean" if judged >= 4 else "wrong", **said(judged))
    found = agreement_document(dataset)
    (judge,) = found["judges"]
    assert found["scope"]["is_verdict"]
    assert sum(judge["confusion"]["clean"].values()) == 4
    assert judge["graded"]["values"] == ["1", "2", "3", "4", "5"]
    assert judge["graded"]["judge_histogram"] == [1, 1, 2, 2, 2]
    between = found["human_human"]
    assert between["mae"]["value"] == pytest.approx(mean(abs(one - other) for one, other in PEOPLE))
    beside = judge["judge_human"]
    assert beside["mae"]["value"] == pytest.approx(
        mean(abs(score - mean(scores)) for score, scores in zip(JUDGE, PEOPLE, strict=True))
    )
    assert between["percent_agreement"]["value"] == pytest.approx(6 / 8)
