"""--judge-gate: the judge's verdict stands in only where its agreement with people says it may."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from judging.models import Dataset, Run
from tests import factories
from training_export.selection import Asked, ExportProblem, count_selection, select

pytestmark = pytest.mark.django_db


def judged_by(errs: int, *, invalid: int = 0, category: str = "", people: int = 4) -> Dataset:
    """40 items labelled by so many people, 10 that nobody labelled; the judge errs on the first so many."""
    dataset = factories.make_dataset("gated")
    run = factories.make_run(dataset)
    campaign = factories.make_campaign(dataset)
    raters = [factories.make_annotator(f"r{n}") for n in range(people)]
    for n in range(50):
        item = factories.make_item(dataset, f"Question {n}?", f"Answer {n}.", category=category if n % 2 else "")
        truth = ("clean", "wrong")[n % 2]
        said = {"clean": "wrong", "wrong": "clean"}[truth] if n < errs else truth
        factories.make_judgment(run, item, "invalid" if n >= 50 - invalid else said)
        for place, person in enumerate(raters if n < 40 else []):
            slip = (n + place) % 10 == 0
            label = {"clean": "wrong", "wrong": "clean"}[truth] if slip else truth
            factories.make_label(campaign, item, person, label)
    return dataset


def exported(folder: Path, **options: Any) -> dict[str, Any]:
    out = StringIO()
    asked = {"source": "gold-then-judge", "judge_gate": True, "json": True} | options
    call_command("export_dataset", "gated", output=folder, stdout=out, **asked)
    found: dict[str, Any] = json.loads(out.getvalue())["manifest"]
    return found


def test_a_judge_that_agrees_stands_in_for_what_nobody_labelled(tmp_path: Path) -> None:
    judged_by(errs=0)
    manifest = exported(tmp_path / "out")
    assert manifest["filters"]["judge_gate"]["open"]
    assert manifest["filters"]["judge_gate"]["figures"]["omega"] >= 0.5
    assert manifest["counts"]["verdict_from"]["judge"] == 10


def test_with_two_people_the_other_figures_decide_and_a_sentence_says_so(tmp_path: Path) -> None:
    judged_by(errs=0, people=2)
    gate = exported(tmp_path / "out")["filters"]["judge_gate"]
    assert gate["open"]
    assert gate["figures"]["omega"] is None
    assert "three people" in gate["unasked"][0]


def test_a_judge_that_errs_stands_in_nowhere_and_the_reasons_are_said(tmp_path: Path) -> None:
    judged_by(errs=16)
    manifest = exported(tmp_path / "out")
    assert not manifest["filters"]["judge_gate"]["open"]
    assert any("balanced accuracy" in why for why in manifest["filters"]["judge_gate"]["why_not"])
    assert (manifest["counts"]["verdict_from"]["judge"], manifest["counts"]["left_out"]) == (0, {"judge_gate": 10})


def test_other_marks_can_be_asked_for_and_stand_in_the_manifest(tmp_path: Path) -> None:
    judged_by(errs=0)
    gate = exported(tmp_path / "out", gate_mark=["omega=1", "items=5"])["filters"]["judge_gate"]
    assert (gate["marks"]["omega"], gate["marks"]["items"], gate["marks"]["invalid"]) == (1.0, 5, 0.02)
    assert exported(tmp_path / "closed", gate_mark=["items=41"])["filters"]["judge_gate"]["why_not"] == [
        "only 40 judged items have two labels or more; 41 are needed"
    ]
    call_command("export_dataset", verify=tmp_path / "closed" / "manifest.json", stdout=StringIO())


@pytest.mark.parametrize("options", [{"gate_mark": ["kappa=1"]}, {"gate_mark": ["omega=0.5"], "judge_gate": False}])
def test_a_mark_that_cannot_be_meant_is_refused(tmp_path: Path, options: dict[str, Any]) -> None:
    judged_by(errs=0)
    with pytest.raises(CommandError, match=r"is no mark|name both"):
        exported(tmp_path / "out", **options)


def test_the_text_says_how_many_items_and_why_not(tmp_path: Path) -> None:
    judged_by(errs=16)
    out = StringIO()
    call_command(
        "export_dataset", "gated", output=tmp_path / "o", source="gold-then-judge", judge_gate=True, stdout=out
    )
    assert "The judge may not stand in: it would have for 10 items." in out.getvalue()
    assert "balanced accuracy is" in out.getvalue()


def test_too_many_invalid_judgments_close_the_gate() -> None:
    dataset = judged_by(errs=0, invalid=3)
    gate = select(dataset, source="gold-then-judge", asked=Asked(judge_gate=True)).gate
    assert gate is not None
    assert [why for why in gate.why_not if "invalid" in why]


def test_a_category_in_which_the_judge_errs_is_closed_alone(tmp_path: Path) -> None:
    dataset = judged_by(errs=0, category="odd")
    Run.objects.get().judgments.filter(item__category="odd", item__position__gt=40).update(
        verdict="invalid", status="unscored", value="", reason="no_verdict"
    )
    selection = select(dataset, source="gold-then-judge", asked=Asked(judge_gate=True))
    assert selection.gate is not None
    assert set(selection.gate.closed) == {"odd"}


def test_counts_beforehand_are_those_of_the_export(tmp_path: Path) -> None:
    dataset = judged_by(errs=16)
    selection = select(dataset, source="gold-then-judge", asked=Asked(judge_gate=True))
    counts = count_selection(selection).as_json(selection.source)
    assert counts == exported(tmp_path / "out")["counts"]


def test_the_decision_stays_that_of_the_export(tmp_path: Path) -> None:
    judged_by(errs=0)
    exported(tmp_path / "out", format="qa_jsonl")
    Run.objects.get().judgments.filter(item__position__lte=30).update(verdict="wrong", value="wrong")
    out = StringIO()
    call_command("export_dataset", verify=tmp_path / "out" / "manifest.json", stdout=out)
    assert "byte for byte the same" in out.getvalue()


def test_a_gate_over_the_judge_s_verdicts_alone_needs_people_to_measure_it(tmp_path: Path) -> None:
    judged_by(errs=0)
    assert exported(tmp_path / "out", source="judge")["counts"]["clean"] == 25
    lonely = factories.make_dataset("lonely")
    factories.make_run(lonely, factories.make_judge("other"))
    with pytest.raises(ExportProblem, match="Nobody has labelled"):
        select(lonely, source="judge", asked=Asked(judge_gate=True))


def test_a_gate_is_refused_where_every_verdict_is_a_person_s(tmp_path: Path) -> None:
    judged_by(errs=0)
    with pytest.raises(CommandError, match=r"every verdict here is a person's.*\(--source\)"):
        exported(tmp_path / "out", source="gold")
