"""compare_versions: a new version of a judge beside the saved one, on the items that both judged."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotation.actions.splits import look_at_test
from annotation.core import figures
from annotation.core.tuning.paired import BETTER, WORSE
from annotation.management.commands.sweep_threshold import add_run_arguments, asked
from annotation.models import Campaign
from annotation.pages.figures import read
from annotation.reports.tuning import side_by_side
from annotation.reports.which import EVERY, TEST, Which, about, locked_split
from judging.models import Run

SHOWN = ("agreement", "kappa")


class Command(BaseCommand):
    """Set two runs side by side."""

    help = "A new version of a judge beside the saved one: agreement with people, the paired difference, what changed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_run_arguments(parser)
        parser.add_argument("--new", type=int, required=True, metavar="R", help="Number of the new version's run.")
        parser.add_argument(
            "--confirm", action="store_true", help="also on the locked test part: a look, counted and kept"
        )
        parser.add_argument("--json", action="store_true", help="Print one JSON document and nothing else.")

    def handle(self, **options: Any) -> None:
        try:
            saved, campaign, criterion = asked(options)
            new = new_run(saved, options["new"])
            found = compared(saved, new, campaign, criterion)
            if options["confirm"]:
                found["confirmed"] = confirmed(saved, new, campaign, criterion)
        except ValueError as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(json.dumps(found, ensure_ascii=False) if options["json"] else as_lines(found))


def new_run(saved: Run, number: int) -> Run:
    """The run of the new version; CommandError for one that is not there."""
    runs = Run.objects.filter(dataset=saved.dataset_id, judge__isnull=False).select_related("judge__rubric", "dataset")
    found: Run | None = runs.filter(pk=number).first()
    if found is None:
        raise CommandError(f"{saved.dataset.name} has no run {number} of a judge. First: manage.py run_judge.")
    return found


def compared(saved: Run, new: Run, campaign: Campaign, criterion: str) -> dict[str, Any]:
    """Both on the items to tune on."""
    with about(saved.dataset, campaign, EVERY):
        sides = side_by_side(saved, new, campaign, criterion)
        found = sides.as_json()
    part = "dev" if locked_split(saved.dataset) else "all"
    return {"part": part, "saved": _named(saved), "new": _named(new), **found}


def confirmed(saved: Run, new: Run, campaign: Campaign, criterion: str) -> dict[str, Any]:
    """Both on the test part; the look is kept first."""
    judges = {run.judge.pk: run.judge for run in (saved, new) if run.judge}
    look_at_test(saved.dataset, judges=judges.values(), where="compare_versions")
    with about(saved.dataset, campaign, Which(split=TEST)):
        return side_by_side(saved, new, campaign, criterion).as_json()


def _named(run: Run) -> dict[str, Any]:
    judge = run.judge
    return {"run": run.pk, "judge": judge.name if judge else "", "version": judge.version if judge else None}


def as_lines(found: dict[str, Any]) -> str:
    """The summary for people."""
    sides = [
        f"{found[side]['judge']} v{found[side]['version']} (run {found[side]['run']})" for side in ("saved", "new")
    ]
    lines = [f"{sides[0]} beside {sides[1]}, {found['n']} items of part {found['part']}:", *_table(found)]
    for way in (BETTER, WORSE):
        keys = ", ".join(row["item"] for row in found["flips"][way])
        lines.append(f"  {way}: {found[way]}{f' ({keys})' if keys else ''}")
    if "confirmed" in found:
        test = found["confirmed"]
        lines += [
            f"on the test part, {test['n']} items, {test['better']} better, {test['worse']} worse:",
            *_table(test),
        ]
    return "\n".join(lines)


def _table(found: dict[str, Any]) -> list[str]:
    rows = [f"  {'':<10} {'saved':<34} {'new':<34} difference"]
    for name in SHOWN:
        sides = [figures.with_interval(read(found[key])) for key in (f"saved_{name}", f"new_{name}")]
        rows.append(
            f"  {name:<10} {sides[0]:<34} {sides[1]:<34} {figures.with_interval(read(found[f'{name}_difference']))}"
        )
    return [*rows, f"  p of the changes {'n/a' if found['p'] is None else format(found['p'], '.6f')}"]
