"""Tables that say which values there are: a value that nobody gave counts as one of them, everywhere and for good."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from sklearn.metrics import cohen_kappa_score

from annotation.actions.campaign_rules import Changes, change_campaign
from annotation.actions.counts import rebuild_counts
from annotation.core.rules import CampaignRules
from annotation.core.words import Terms
from annotation.models import Campaign, CountScale, Label

pytestmark = pytest.mark.django_db

# Free-marginal kappa .7857 (Randolph): the third value is one of the scale, and nobody gave it.
COUNTS = "unit,1,2,3\n1,6,1,0\n2,0,7,0\n"
# Two of two values agree in 8 of 10: .6 over two values, .7 over three.
SQUARE = "anna\\ben,yes,no,unclear\nyes,4,1,0\nno,1,4,0\nunclear,0,0,0\n"


@pytest.fixture
def take(tmp_path: Path) -> Callable[..., dict[str, Any]]:
    def taken(text: str, *options: str, name: str = "table.csv") -> dict[str, Any]:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        out = StringIO()
        call_command("import_labels", str(path), "--dataset", "d", "--json", *options, stdout=out)
        found: dict[str, Any] = json.loads(out.getvalue())
        return found

    return taken


def report(*options: str) -> dict[str, Any]:
    out = StringIO()
    call_command("report_agreement", "d", "--json", *options, stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def uniform() -> float:
    return round(float(report("--level", "nominal")["human_human"]["brennan_prediger"]["value"]), 6)


def test_a_column_of_counts_that_nobody_used_is_a_value(take: Callable[..., Any]) -> None:
    assert len(take(COUNTS)["hints"]) == 1
    assert uniform() == 0.785714
    found = report("--level", "nominal")
    assert found["scope"]["values"] == ["1", "2", "3"]
    assert found["counts"]["values"] == {"1": 6, "2": 8, "3": 0}
    assert found["human_human"]["specific_agreement_3"]["reason"] == "nobody gave this value"


def test_a_row_and_column_of_two_raters_that_nobody_used_is_a_value(take: Callable[..., Any]) -> None:
    take(SQUARE)
    assert uniform() == 0.7
    assert round(report()["human_human"]["cohen_kappa"]["value"], 6) == 0.6


def test_without_such_a_table_only_what_was_given_counts_unless_a_scale_says_more(take: Callable[..., Any]) -> None:
    wide = "unit,anna,ben\n" + "".join(f"{at},1,{1 + at % 2}\n" for at in range(10))
    take(wide)
    assert uniform() == 0.0
    take(wide, "--scale", "1,2,3,4")
    assert uniform() == pytest.approx((0.5 - 0.25) / 0.75, abs=1e-6)


def test_a_scale_said_beside_the_table_wins(take: Callable[..., Any]) -> None:
    take("unit,low,mid\n1,6,1\n2,0,7\n", "--shape", "counts", "--scale", "low,mid,high")
    assert report()["scope"]["values"] == ["1", "2", "3"]
    assert uniform() == 0.785714


def test_the_scale_stays_when_labels_change_and_counts_are_made_anew(take: Callable[..., Any]) -> None:
    take(COUNTS)
    take(COUNTS.replace("1,6,1,0", "1,7,0,0"))
    assert uniform() == 1.0
    campaign = Campaign.objects.get()
    assert all(check.is_right for check in rebuild_counts(campaign))
    assert CountScale.objects.get().columns == [["1", ""], ["2", ""], ["3", ""]]
    assert report()["scope"]["values"] == ["1", "2", "3"]


def test_a_further_table_widens_the_scale(take: Callable[..., Any]) -> None:
    take(COUNTS)
    take("unit,1,2,3,4\n7,6,1,0,0\n8,0,7,0,0\n", "--shape", "counts", name="other.csv")
    assert report()["scope"]["values"] == ["1", "2", "3", "4"]
    assert all(check.is_right for check in rebuild_counts(Campaign.objects.get()))
    assert Label.objects.count() == 28


def test_each_criterion_has_its_own_scale(take: Callable[..., Any]) -> None:
    take(COUNTS, "--criterion", "tone")
    take("unit,anna,ben\n1,1,2\n2,2,2\n", "--criterion", "style", name="other.csv")
    assert report("--criterion", "tone")["scope"]["values"] == ["1", "2", "3"]
    assert report("--criterion", "style")["scope"]["values"] == ["1", "2"]


def test_changed_rules_of_the_campaign_keep_the_scale(take: Callable[..., Any]) -> None:
    take(COUNTS)
    campaign = Campaign.objects.get()
    rules = CampaignRules(comment_on_skip=True)
    change_campaign(campaign, Changes(name="imported", run=None, terms=Terms(), rules=rules, hold_seconds=60))
    assert uniform() == 0.785714


def test_words_are_in_the_order_in_which_the_table_has_them(take: Callable[..., Any]) -> None:
    take("a\\b,doubtful,certain,possible\ndoubtful,4,1,0\ncertain,1,4,2\npossible,0,0,5\n")
    nominal, ordinal = report(), report("--level", "ordinal")
    assert nominal["level"] == "nominal"
    assert nominal["scope"]["values"] == ["doubtful", "certain", "possible"]
    cells = {(0, 0): 4, (0, 1): 1, (1, 0): 1, (1, 1): 4, (1, 2): 2, (2, 2): 5}
    first, second = zip(*(pair for pair, n in cells.items() for _ in range(n)), strict=True)
    expected = cohen_kappa_score(first, second, weights="linear")
    assert nominal["human_human"]["weighted_kappa"]["value"] == pytest.approx(expected)
    assert ordinal["human_human"]["krippendorff_alpha"]["value"] is not None


def test_more_values_than_are_kept_are_declared_by_nobody(take: Callable[..., Any]) -> None:
    names = [f"v{at}" for at in range(101)]
    take("unit," + ",".join(names) + "\n1,2" + ",0" * 100 + "\n2,1,1" + ",0" * 99 + "\n", "--shape", "counts")
    assert report()["scope"]["values"] == ["v0", "v1"]


def test_letters_of_which_one_was_not_used_are_no_votes_on_pairs(take: Callable[..., Any]) -> None:
    take("unit,a,b,c\n1,6,1,0\n2,0,7,0\n", "--shape", "counts")
    found = report()
    assert found["scope"]["values"] == ["a", "b", "c"]
    assert found["pairwise"] is None
