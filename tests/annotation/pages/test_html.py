"""The report as one file: everything in it, nothing to fetch, the digits of the document."""

import re
from html import unescape
from typing import Any

import pytest
from django.utils.html import strip_tags

from annotation.pages.html import agreement_html
from tests.annotation.agreement_document import document, graded, judge, nothing, of, part, votes


def words(html: str) -> str:
    shown = re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)
    return " ".join(unescape(strip_tags(shown.replace("<", " <"))).split())


def test_every_panel_stands_in_the_file() -> None:
    text = words(agreement_html(document()))
    for said in (
        "agrees with a random person on 83.2 % [81.0, 85.3]",
        "two random people agree on 78.1 % [76.0, 80.0] of the same items",
        "the difference is +5.1 [+2.0, +8.3] points",
        "It passed the alternative annotator test (omega 0.67, epsilon 0.15)",
        "unreliable: lower bound under 0.667",
        "0.712300 [0.6623 to 0.7623] n = 400",
        "算数",
        "Brier score 0.110000",
        "People disagree among themselves on 90 items",
        "37 more items labelled at random give the judge's agreement with people to ± 5 points; 300 are there.",
        "Chosen by the judge's word 14 would do.",
        "300, which say as much as 210.4 chosen at random; 5 without a known chance stay out",
        "say the same of 430 items and differ on 10; 30 have no majority",
        "evalsite 1.2",
    ):
        assert said in text, said


def test_nothing_is_fetched_and_nothing_runs() -> None:
    html = agreement_html(document())
    assert "<script" not in html
    assert "<link" not in html
    assert "<img" not in html
    assert "<form" not in html
    assert "hx-" not in html.split("</style>")[1]
    assert not re.findall(r"(?:src|href|action)=\"(?!#)", html)
    assert "url(http" not in html
    assert "@import" not in html


def test_what_a_judge_wrote_is_text() -> None:
    html = agreement_html(document())
    assert "<b>looks right</b>" not in html
    assert "&lt;b&gt;looks right" in html


def test_names_of_pictures_are_there_once() -> None:
    html = agreement_html(document(judges=[judge(7), judge(8)]))
    names = re.findall(r' id="([^"]+)"', html)
    assert len(names) == len(set(names))


def test_every_judge_has_its_matrix() -> None:
    text = words(agreement_html(document(judges=[judge(7), judge(8)])))
    assert "judge v1, run 7, against people" in text
    assert "judge v1, run 8, against people" in text


def test_scores_and_votes_have_their_panels() -> None:
    text = words(agreement_html(document(judges=[judge(**graded())])))
    assert "Scores of the judge and of people" in text
    assert "At most one apart 0.500000" in text
    text = words(agreement_html(document(judges=[judge(**votes())])))
    assert "Same vote in both orders 0.800000" in text
    assert "Strength of the models" in text


def test_campaigns_and_criteria_without_a_choice_have_a_chapter_each() -> None:
    tone = {key: value for key, value in part().items() if key not in ("dataset", "campaign", "criterion")}
    several = part(reason="several criteria", criterion=None, campaign="one") | {"criteria": {"tone": tone}}
    top = part(reason="several campaigns", campaign=None, criterion=None)
    text = words(agreement_html(top | {"criteria": {}, "campaigns": [several, part(campaign="two")]}))
    assert "one · tone" in text
    assert "Campaign two" in text
    assert text.count("How to read this") == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"judges": []}, "No finished run of a judge yet"),
        ({"counts": {"items": 3, "labels": 0}, "judges": []}, "No labels yet"),
        ({"left_out": {"people": "too many labels to read"}}, "too many labels to read"),
        ({"matrix": None}, "Two known people with labels on the same items are needed"),
        ({"judges": [judge(slices=[])]}, "No slice has 20 items"),
        ({"judges": [judge(calibration=None)]}, "there are no shares of votes"),
        ({"judges": [judge(alt_test=None)]}, "The alternative annotator test says nothing here"),
        ({"judges": [judge(corrected_score=nothing("no labels"))]}, "no labels"),
        ({"judges": [judge(weighted=None)]}, "No item was chosen with a known chance"),
        ({"judges": [judge(bias=None)]}, "There is nothing to compare"),
        ({"judges": [judge(budget={"reason": "no item decided by both"})]}, "no item decided by both"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else value[:30],
)
def test_what_is_not_there_says_why(change: dict[str, Any], said: str) -> None:
    assert said in words(agreement_html(document(**change)))


def test_few_items_fold_their_figure_away_and_some_make_it_grey() -> None:
    html = agreement_html(document(human_human={"krippendorff_alpha": of(0.5, n=19), "gwet_ac1": of(0.6, n=49)}))
    assert "19 items: too few" in html
    assert re.search(r'<span class="figure faint"[^>]*>0.600000', html)


def test_words_of_kappa_are_only_a_tooltip() -> None:
    html = agreement_html(document())
    assert 'title="Landis and Koch would call it moderate"' in html
    assert "moderate" not in words(html)
