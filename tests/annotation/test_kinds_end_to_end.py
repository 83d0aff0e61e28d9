"""Labels of every kind, from the press of a person to the report, and the report in all its forms.

What it must say is reckoned from the plain rows of answers; and whatever form says a figure, says the same digits.
"""

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags
from scipy import stats
from sklearn.metrics import cohen_kappa_score

from annotation.actions.counts import check_counts
from annotation.actions.labels import submit_label, undo_label
from annotation.core.agreement import Level, Measure, krippendorff_alpha
from annotation.core.asked import answer_of
from annotation.core.counts import patterns
from annotation.core.intervals import Value
from annotation.core.words import Word
from annotation.models import Assignment, Campaign
from judging.core.verdicts import PersonVerdict
from judging.models import Dataset, Item, Rubric
from tests import factories
from tests.annotation.review_help import make_review, view_of
from tests.annotation.test_agreement_of_tables import alpha

pytestmark = pytest.mark.django_db

STEPS = {"low": 1, "high": 5, "step": 1}
QUALITY = {"name": "quality", "scale": STEPS, "direction": "higher", "clean_if": None}
FLUENCY = {"name": "fluency", "scale": STEPS, "direction": "higher", "clean_if": None}
ITEMS, PEOPLE = 16, ("annotator-1", "annotator-2")
Said = Sequence[tuple[str, ...]]
"""For every item what the two people and the judge say."""


@dataclass(frozen=True)
class Kind:
    """What is asked, and what is said of each criterion ('' for the one without a name)."""

    said: Mapping[str, Said]
    criteria: tuple[Mapping[str, Any], ...] = ()
    is_pair: bool = False


def drawn(values: Sequence[str], seed: int, *, near: bool = False) -> Said:
    """People and judge agree more often than not."""
    generator = np.random.default_rng(seed)
    truth = generator.integers(0, len(values), (ITEMS, 1))
    others = truth + generator.choice([-1, 1], size=(ITEMS, 3)) if near else generator.integers(0, 9, (ITEMS, 3))
    told = np.where(generator.random((ITEMS, 3)) < 0.7, truth, others)
    places = np.clip(told, 0, len(values) - 1) if near else told % len(values)
    return [tuple(values[place] for place in row) for row in places.tolist()]


SCORES = ("1", "2", "3", "4", "5")
KINDS = {
    "verdicts": Kind({"": drawn(("clean", "wrong"), 1)}),
    "scores": Kind({"quality": drawn(SCORES, 2, near=True)}, (QUALITY,)),
    "several criteria": Kind(
        {"quality": drawn(SCORES, 3, near=True), "fluency": drawn(SCORES, 4, near=True)}, (QUALITY, FLUENCY)
    ),
    "pairs": Kind({"": drawn(("A", "B", "tie"), 5)}, is_pair=True),
}


@pytest.fixture(params=KINDS.values(), ids=KINDS.keys())
def kind(request: pytest.FixtureRequest, annotator: User, other_annotator: User) -> Kind:
    found: Kind = request.param
    campaign = make_review(PEOPLE, dataset=make_items(found))
    if found.criteria:
        rubric = factories.make_rubric("criteria", kind=Rubric.Kind.SCORE, criteria=list(found.criteria))
        Campaign.objects.filter(pk=campaign.pk).update(rubric=rubric)
    say_all(found, Campaign.objects.get(pk=campaign.pk))
    judge_all(found, campaign.dataset)
    return found


def make_items(kind: Kind) -> Dataset:
    dataset = factories.make_dataset("kinds")
    pair = {"kind": Item.Kind.PAIR, "model_b": "model-b"} if kind.is_pair else {}
    for n in range(ITEMS):
        turns = [{"question": f"Q{n}?", "answer": "Second.", "reference": ""}]
        factories.make_item(dataset, f"Q{n}?", "First.", **pair, **({"turns_b": turns} if pair else {}))
    return dataset


def say_all(kind: Kind, campaign: Campaign) -> None:
    """Every answer by a press; of the first item one is pressed wrong and mended, one taken back and given again."""
    items = list(campaign.dataset.items.order_by("position"))
    for at, item in enumerate(items):
        for person, name in enumerate(PEOPLE):
            row = Assignment.objects.select_related("campaign", "campaign_item__item").get(
                campaign=campaign, annotator__name=name, campaign_item__item=item
            )
            wanted = {criterion: rows[at][person] for criterion, rows in kind.said.items()}
            if at == 0 and person == 0:
                press(kind, row, {criterion: rows[1][person] for criterion, rows in kind.said.items()})
            if at == 0 and person == 1:
                undo_label(press(kind, row, wanted))
                row.refresh_from_db()
            press(kind, row, wanted)


def press(kind: Kind, row: Assignment, wanted: Mapping[str, str]) -> Any:
    asked = row.asked()
    texts = [wanted[criterion.name if kind.criteria else ""] for criterion in asked]
    answers = tuple(answer_of(criterion, text) for criterion, text in zip(asked, texts, strict=True))
    return submit_label(row, Word(answers=answers), view=view_of(row))


def judge_all(kind: Kind, dataset: Dataset) -> None:
    run = factories.make_run(dataset)
    for criterion, rows in kind.said.items():
        for item, (_, _, value) in zip(dataset.items.order_by("position"), rows, strict=True):
            is_verdict = value in set(PersonVerdict)
            score = float(value) if value.isdecimal() else None
            factories.make_judgment(
                run, item, value if is_verdict else "", value=value, score=score, criterion=criterion
            )


def report(*options: str) -> dict[str, Any]:
    out = StringIO()
    call_command("report_agreement", "kinds", "--json", *options, stdout=out)
    document: dict[str, Any] = json.loads(out.getvalue())
    return document


def parts(kind: Kind) -> Iterator[tuple[Said, dict[str, Any], dict[str, Any]]]:
    """What was said of each criterion, the report on it, and the one that takes values for names."""
    for criterion, rows in kind.said.items():
        options = ("--criterion", criterion) if len(kind.said) > 1 else ()
        yield rows, report(*options), report(*options, "--level", "nominal")


def test_the_report_says_what_the_plain_answers_say(kind: Kind) -> None:
    campaign = Campaign.objects.get()
    assert [check.criterion for check in check_counts(campaign)] == sorted(kind.said)
    assert all(check.is_right for check in check_counts(campaign))
    for rows, found, nominal in parts(kind):
        check_counts_of(rows, found)
        check_people(rows, nominal)
        check_judge(rows, nominal)
        if rows[0][0].isdecimal():
            check_numbers(rows, found)
        else:
            assert "mae" not in found["human_human"]
        if kind.is_pair:
            check_votes(rows, found)
        else:
            assert found["pairwise"] is None


def check_counts_of(rows: Said, found: dict[str, Any]) -> None:
    """As many labels of each value as were given."""
    counts, said = found["counts"], Counter(value for one, other, _ in rows for value in (one, other))
    assert (counts["labels"], counts["items_with_two_labels"]) == (2 * ITEMS, ITEMS)
    if found["scope"]["is_verdict"]:
        resolved = Counter(one if one == other else "ties" for one, other, _ in rows)
        assert {name: counts[name] for name in resolved} == resolved
    else:
        assert {value: n for value, n in counts["values"].items() if n} == said


def check_people(rows: Said, nominal: dict[str, Any]) -> None:
    """The two people, whose values are taken for names."""
    first, second = ([row[person] for row in rows] for person in (0, 1))
    between = nominal["human_human"]
    assert between["percent_agreement"]["value"] == pytest.approx(np.mean(np.array(first) == second))
    assert between["cohen_kappa"]["value"] == pytest.approx(cohen_kappa_score(first, second))
    codes = {value: float(code) for code, value in enumerate(sorted({*first, *second}))}
    units = [(codes[one], codes[other]) for one, other in zip(first, second, strict=True)]
    assert between["krippendorff_alpha"]["value"] == pytest.approx(alpha(units, nominal=True))


def check_numbers(rows: Said, found: dict[str, Any]) -> None:
    """The two people, and the judge beside their mean."""
    first, second, judge = (np.array([float(row[at]) for row in rows]) for at in range(3))
    between, beside = found["human_human"], found["judges"][0]["judge_human"]
    assert between["mae"]["value"] == pytest.approx(np.abs(first - second).mean())
    assert between["pearson"]["value"] == pytest.approx(stats.pearsonr(first, second).statistic)
    assert between["spearman"]["value"] == pytest.approx(stats.spearmanr(first, second).statistic)
    assert between["quadratic_kappa"]["value"] == pytest.approx(
        cohen_kappa_score(first, second, weights="quadratic", labels=range(1, 6))
    )
    people = (first + second) / 2
    assert beside["mae"]["value"] == pytest.approx(np.abs(judge - people).mean())
    assert beside["bias"]["value"] == pytest.approx((judge - people).mean())
    assert beside["pearson"]["value"] == pytest.approx(stats.pearsonr(judge, people).statistic)
    assert found["judges"][0]["mean_score"]["value"] == pytest.approx(judge.mean())


def check_judge(rows: Said, nominal: dict[str, Any]) -> None:
    """The judge beside a person drawn at random, and beside what both people say."""
    (judge,) = nominal["judges"]
    with_person = np.mean([np.mean([row[2] == person for person in row[:2]]) for row in rows])
    among_people = np.mean([row[0] == row[1] for row in rows])
    assert judge["judge_random_human"]["percent_agreement"]["value"] == pytest.approx(with_person)
    assert judge["difference"]["percent_agreement"]["value"] == pytest.approx(with_person - among_people)
    same = np.mean([row[2] == row[0] for row in rows if row[0] == row[1]])
    assert judge["judge_human"]["percent_agreement"]["value"] == pytest.approx(same)
    if nominal["scope"]["is_verdict"]:
        cells = Counter((row[2], row[0] if row[0] == row[1] else "unknown") for row in rows)
        shown = judge["confusion"].items()
        assert {(verdict, of): n for verdict, counts in shown for of, n in counts.items() if n} == cells


def check_votes(rows: Said, found: dict[str, Any]) -> None:
    """Every vote of the judge beside every vote of people."""
    votes = [(row[2], person) for row in rows for person in row[:2]]
    decided = [(judge, person) for judge, person in votes if "tie" not in (judge, person)]
    shown = found["pairwise"]
    assert (shown["n_all"], shown["n_without_ties"]) == (len(votes), len(decided))
    assert shown["agreement_all"]["value"] == pytest.approx(np.mean([a == b for a, b in votes]))
    assert shown["agreement_without_ties"]["value"] == pytest.approx(np.mean([a == b for a, b in decided]))


WITH_INTERVAL = re.compile(r"(?<![\d.])(-?\d+\.\d{6}) \[(-?\d+\.\d{4}) to (-?\d+\.\d{4})\]")


def shown_in(html: str) -> set[tuple[str, ...]]:
    """Every figure with its interval that a reader sees."""
    text = " ".join(unescape(strip_tags(html.replace("<", " <"))).split())
    return set(WITH_INTERVAL.findall(text))


def figures_in(document: Any) -> Iterator[tuple[str, ...]]:
    """Every figure of a document, as pages print it."""
    if isinstance(document, list):
        for one in document:
            yield from figures_in(one)
    elif isinstance(document, dict):
        if document.get("value") is not None and "low" in document:
            yield (f"{document['value']:.6f}", f"{document['low']:.4f}", f"{document['high']:.4f}")
        for one in document.values():
            yield from figures_in(one)


def text_of(*options: str) -> str:
    out = StringIO()
    call_command("report_agreement", "kinds", *options, stdout=out)
    return out.getvalue()


def test_every_form_of_the_report_shows_the_same_digits(kind: Kind, lead_client: Client, tmp_path: Path) -> None:
    dataset = Dataset.objects.get()
    for criterion in kind.said:
        chosen = {"criterion": criterion} if criterion else {}
        options = ("--criterion", criterion) if criterion else ()
        document = report(*options)
        known = set(figures_in(document))
        page = lead_client.get(reverse("agreement_report", args=[dataset.pk]), chosen | {"whole": "1"})
        downloaded = lead_client.get(reverse("agreement_html", args=[dataset.pk]), chosen)
        call_command("report_agreement", "kinds", *options, "--html", str(tmp_path / "report.html"), stdout=StringIO())
        written = (tmp_path / "report.html").read_text(encoding="utf-8")
        shown = {
            "page": shown_in(page.content.decode()),
            "file of the page": shown_in(downloaded.content.decode()),
            "file of the command": shown_in(written),
            "text": set(WITH_INTERVAL.findall(" ".join(text_of(*options).split()))),
        }
        for form, figures in shown.items():
            assert len(figures) > 5, form
            assert figures <= known, form
        assert shown["page"] == shown["file of the page"] == shown["file of the command"]
        between = set(figures_in(document["human_human"]))
        assert between <= shown["page"]
        assert between <= shown["text"]
        assert json.loads(lead_client.get(reverse("agreement_json", args=[dataset.pk]), chosen).content) == document


def test_the_files_of_counts_give_the_figures_again(kind: Kind, lead_client: Client) -> None:
    dataset = Dataset.objects.get()
    for criterion in kind.said:
        chosen = {"criterion": criterion} if criterion else {}
        document = report(*(("--criterion", criterion) if criterion else ()))
        address = reverse("agreement_table", args=[dataset.pk, "patterns", "csv"])
        header, *rows = csv.reader(StringIO(lead_client.get(address, chosen).content.decode()))
        assert document["tables"]["patterns"] == {
            "columns": header,
            "rows": [[int(cell) for cell in row] for row in rows],
        }
        counts = np.repeat(np.array([row[:-1] for row in rows], int), [int(row[-1]) for row in rows], axis=0)
        values = tuple(map(float, header[:-1])) if header[0].isdecimal() else ()
        # What is drawn depends on the order of the columns, which is that of the alphabet where values are words.
        order = [at for at in np.argsort(header[:-1]) if header[at] != "undefined"]
        measure = Measure(Level(document["level"]), values)
        found = krippendorff_alpha(patterns(counts[:, order]), measure)
        shown = document["human_human"]["krippendorff_alpha"]
        assert isinstance(found, Value)
        assert (found.value, found.low, found.high) == (shown["value"], shown["low"], shown["high"])
