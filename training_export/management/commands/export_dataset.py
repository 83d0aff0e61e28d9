"""manage.py export_dataset: what can be trusted leaves as files."""

import json
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from judging.core.verdicts import Verdict
from training_export.actions import export_dataset, verify_export
from training_export.core.checks import warnings_of
from training_export.core.gate import Marks, marks_of
from training_export.core.records import Source
from training_export.core.sides import parse_split
from training_export.core.writers import WRITERS, TrainingOptions
from training_export.core.writers.base import DROP, FILES, JSONL, REPORT
from training_export.models import Export
from training_export.selection import (
    EXCLUDE,
    Asked,
    ExportProblem,
    benchmark_named,
    campaign_named,
    changes_since,
    dataset_named,
    read_manifest,
    run_numbered,
    select,
)


def add_training_arguments(parser: ArgumentParser) -> None:
    """What can be asked of rows that a trainer reads."""
    parser.add_argument("--split", default="", metavar="90/5/5", help="percentages of train/validation/test")
    parser.add_argument(
        "--include-metadata", action="store_true", help="put into every training row where it comes from"
    )
    parser.add_argument("--min-chars", type=int, default=1, help="training rows with a shorter text are left out")
    parser.add_argument("--max-chars", type=int, help="training rows with a longer text are left out")
    parser.add_argument(
        "--files",
        choices=FILES,
        default=JSONL,
        help="of training rows: lines of JSON, Parquet, a folder for the hub",
    )
    parser.add_argument(
        "--near-copies", choices=[REPORT, DROP], default="", help="training rows that nearly repeat an earlier one"
    )
    parser.add_argument(
        "--max-similarity",
        type=float,
        default=1.0,
        metavar="X",
        help="pairs whose sides share more of their text, 0 to 1, are left out",
    )


def add_gate_arguments(parser: ArgumentParser) -> None:
    """When the judge's verdict may stand in for people's."""
    parser.add_argument(
        "--judge-gate",
        action="store_true",
        help="the judge stands in only where its agreement with people says it may; the others are left out",
    )
    parser.add_argument(
        "--gate-mark",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="with --judge-gate another mark than the usual one: difference, balanced_accuracy, invalid, "
        "consistency, omega, items",
    )


class Command(BaseCommand):
    """Writes a folder of files with a manifest."""

    help = "Export a dataset by verdict: from people's labels (gold, human) or from a judge."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dataset", nargs="?", help="name of the dataset")
        parser.add_argument("--output", type=Path, help="folder that does not exist yet, or is empty")
        parser.add_argument(
            "--verify", type=Path, metavar="MANIFEST", help="rebuild what this manifest describes and compare the files"
        )
        parser.add_argument("--format", choices=sorted(WRITERS), default="mdk")
        parser.add_argument(
            "--source",
            choices=[source.value for source in Source],
            default="",
            help="whose verdict: gold (a lead's decision, else the majority; the default), human (the majority), "
            "judge, or gold-then-judge (the judge where nobody labelled)",
        )
        parser.add_argument(
            "--min-agreement",
            type=float,
            default=0.0,
            metavar="X",
            help="share of an item's labels that must say its verdict, 0 to 1; a lead's decision needs none",
        )
        add_gate_arguments(parser)
        parser.add_argument(
            "--leakage-against", metavar="DATASET", help="look for items that repeat a question of this benchmark"
        )
        parser.add_argument(
            "--leakage", choices=[EXCLUDE, REPORT], default=EXCLUDE, help="leave them out, or only count them"
        )
        parser.add_argument("--campaign", help="name of the campaign; needed where the dataset has several")
        parser.add_argument("--criterion", default="", help="whose verdicts decide, where there is no overall verdict")
        parser.add_argument("--run", type=int, help="number of the judge's run; the newest finished one if not given")
        add_training_arguments(parser)
        parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["verify"]:
                self.verify(options["verify"], as_document=options["json"])
                return
            export = leave(**options)
        except ExportProblem as problem:
            raise CommandError(problem.in_command) from problem
        if options["json"]:
            self.stdout.write(json.dumps(as_json(export), ensure_ascii=False, indent=2))
        else:
            self.stdout.write(as_text(export))

    def verify(self, manifest: Path, *, as_document: bool) -> None:
        """Say whether the database still gives the files, byte for byte."""
        changed = verify_export(manifest)
        why = changes_since(read_manifest(manifest)) if changed else []
        if as_document:
            found = {"manifest": str(manifest), "changed": changed, "why": why}
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2))
        if changed:
            raise CommandError(" ".join([f"Not the same any more: {', '.join(changed)}.", *why]))
        if not as_document:
            self.stdout.write("Every file comes out byte for byte the same.")


def leave(*, dataset: str | None, output: Path | None, format: str, source: str, **options: Any) -> Export:
    """Find what was named and export it."""
    if not dataset or not output:
        raise CommandError("Name a dataset and --output FOLDER, or --verify MANIFEST.")
    marks = marks_asked(options["gate_mark"], judge_gate=options["judge_gate"])
    chosen = dataset_named(dataset)
    campaign = campaign_named(chosen, options["campaign"]) if options["campaign"] else None
    run = run_numbered(chosen, options["run"]) if options["run"] is not None else None
    limits = Asked(
        min_agreement=options["min_agreement"],
        judge_gate=options["judge_gate"],
        leakage_against=benchmark_named(options["leakage_against"]) if options["leakage_against"] else None,
        leakage=options["leakage"],
        criterion=options["criterion"],
        marks=marks,
    )
    selection = select(chosen, source=source, campaign=campaign, run=run, asked=limits)
    return export_dataset(selection, output, format_name=format, options=asked(options))


def marks_asked(said: Sequence[str], *, judge_gate: bool) -> Marks:
    """The marks of the judge gate."""
    if said and not judge_gate:
        raise CommandError("--gate-mark changes what --judge-gate asks for: name both.")
    try:
        return marks_of(said)
    except ValueError as problem:
        raise CommandError(str(problem)) from problem


def asked(options: Mapping[str, Any]) -> TrainingOptions:
    """What was asked of the format."""
    try:
        split = parse_split(options["split"]) if options["split"] else ()
    except ValueError as problem:
        raise CommandError(str(problem)) from problem
    return TrainingOptions(
        split=split,
        include_metadata=options["include_metadata"],
        min_chars=options["min_chars"],
        max_chars=options["max_chars"],
        files=options["files"],
        near_copies=options["near_copies"],
        max_similarity=options["max_similarity"],
    )


def gate_lines(manifest: Mapping[str, Any]) -> list[str]:
    """Whether and for how many items the judge stands in, and why not."""
    gate, counts = manifest["filters"].get("judge_gate"), manifest["counts"]
    if gate is None:
        return []
    barred = counts["left_out"].get("judge_gate", 0)
    if not gate["open"]:
        said = f"The judge may not stand in: it would have for {barred} items."
        return [said, *(f"  {why}" for why in (*gate["why_not"], *gate.get("unasked", ())))]
    stands = counts.get("verdict_from", {}).get("judge", sum(counts[verdict.value] for verdict in Verdict))
    closed = [f"  not in category {name}: {'; '.join(why)}" for name, why in gate["closed"].items()]
    unasked = [f"  {sentence}" for sentence in gate.get("unasked", ())]
    return [f"The judge stands in for {stands} items; barred: {barred}.", *closed, *unasked]


def as_json(export: Export) -> dict[str, Any]:
    """The manifest, and where the files lie."""
    folder = Path(export.folder)
    return {"export": export.pk, "folder": str(folder), "paths": paths_of(export), "manifest": export.manifest}


def paths_of(export: Export) -> list[str]:
    """The files in the order in which they were written."""
    return [str(Path(export.folder) / file["name"]) for file in export.files]


def as_text(export: Export) -> str:
    """One line per file, and a line for what stayed behind."""
    lines = [
        f"{'' if file['rows'] is None else file['rows']:>8}  {Path(export.folder) / file['name']}"
        for file in export.files
    ]
    left_out = ", ".join(f"{count} {why}" for why, count in export.manifest["counts"]["left_out"].items())
    counts = export.manifest["counts"]
    lines.append(f"{counts['items']} items; left out: {left_out or 'none'}.")
    lines += gate_lines(export.manifest)
    if "leaked" in counts:
        lines.append(
            f"{counts['leaked']} items repeat a question of “{export.manifest['filters']['leakage_against']}”."
        )
    lines += [f"{warning.capitalize()}." for warning in warnings_of(export.manifest.get("checks", {}))]
    return "\n".join(lines)
