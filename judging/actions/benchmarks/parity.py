"""The same questions put to a model by lm-eval and by us: every question on which the two choose differently."""

import shutil
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from judging.actions.candidates import Candidate
from judging.actions.choices import DEV, question_of
from judging.actions.runs import HOLDING_ENGINES, RunRefused, refuse_unready
from judging.actions.tasks import choices_of, options_for
from judging.actions.work import EngineFactory, make_engine
from judging.benchmarks import Benchmark, Stage
from judging.benchmarks.mmlu.parity import (
    Likelihoods,
    Parity,
    ParityFailed,
    Sample,
    compare,
    lm_eval_likelihoods,
    lm_eval_version,
)
from judging.benchmarks.mmlu.prompts import Question, continued, prompts
from judging.benchmarks.mmlu.recipe import Recipe, Shown, Truncation
from judging.engines.base import ChoiceReply, ChoiceRequest, EngineError
from judging.models import Dataset, Item

PROGRAM = "lm-eval"
FLOAT32 = "float32"

Place = tuple[str, int]
"""A subject and the place of a question in the sample of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparing:
    """How two are compared: on how many questions, drawn by which seed, at which precision, with which lm-eval."""

    questions: int = 100
    seed: int = 0
    dtype: str = FLOAT32
    program: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParityReport:
    """What came of it. `asked`: the item behind each question; `failed`: why we have no answer, counted."""

    candidate: Candidate
    recipe: Recipe
    comparing: Comparing
    lm_eval: str
    parity: Parity
    asked: Mapping[Place, Item]
    failed: Mapping[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The form that commands print."""
        return {
            "model": self.candidate.model,
            "engine": self.candidate.engine,
            "lm_eval_version": self.lm_eval,
            "dtype": self.comparing.dtype,
            "seed": self.comparing.seed,
            "recipe": self.recipe.as_json(),
            "n": self.parity.n,
            "same": self.parity.same,
            "largest": self.parity.largest,
            "failed": dict(self.failed),
            "differences": [
                {**asdict(each), "key": item.key, "position": item.position, "question": item.question}
                for each in self.parity.differences
                for item in (self.asked[each.subject, each.place],)
            ],
        }


def parity_with_lm_eval(
    benchmark: Benchmark,
    dataset: Dataset,
    candidate: Candidate,
    recipe: Recipe,
    comparing: Comparing,
    *,
    engine: EngineFactory = make_engine,
) -> ParityReport:
    """Put a sample of a dataset's questions to a model twice. RunRefused where either of the two cannot."""
    refuse_unready(dataset)
    if benchmark.stages != (Stage.CHOICES,):
        raise RunRefused(f"{benchmark.title} has no choices: lm-eval is compared with on MMLU and MMLU-Branch.")
    if recipe.shots and recipe.shown is Shown.OTHERS:
        raise RunRefused("lm-eval draws its shots from the questions themselves: compare without any, --shots 0.")
    asked = drawn(dataset, comparing)
    samples = samples_of(dataset, asked, recipe)
    try:
        with TemporaryDirectory(prefix="evalsite-parity-") as name:
            # First, because it says at once that it is not there, and because ours keeps its model loaded.
            theirs = lm_eval_likelihoods(
                samples, recipe, Path(name), model=candidate.model, arguments=f"dtype={comparing.dtype}",
                command=comparing.program or program(),
            )  # fmt: skip
            found = lm_eval_version(Path(name))
        ours, failed = our_likelihoods(samples, candidate, recipe, comparing.dtype, engine)
        both = {place: values for place, values in theirs.items() if place in ours}
        parity = compare(ours, both)
    except (ParityFailed, EngineError) as error:
        raise RunRefused(str(error)) from error
    return ParityReport(
        candidate=candidate,
        recipe=recipe,
        comparing=comparing,
        lm_eval=found,
        parity=parity,
        asked=asked,
        failed=failed,
    )


def program() -> str:
    """lm-eval of this environment, else of wherever there is one."""
    return shutil.which(PROGRAM, path=str(Path(sys.executable).parent)) or shutil.which(PROGRAM) or PROGRAM


def drawn(dataset: Dataset, comparing: Comparing) -> dict[Place, Item]:
    """The questions of the sample, of all subjects alike as far as they reach."""
    by_subject: dict[str, list[int]] = defaultdict(list)
    items = dataset.items.asked(DEV).filter(kind=Item.Kind.CHOICE).exclude(gold_choice="")
    for subject, pk in items.order_by("position").values_list("category", "pk"):
        by_subject[subject].append(pk)
    draw = np.random.default_rng(comparing.seed)
    for found in by_subject.values():
        draw.shuffle(found)
    turns = (pk for turn in zip_longest(*by_subject.values()) for pk in turn if pk is not None)
    chosen = [pk for pk, _ in zip(turns, range(comparing.questions), strict=False)]
    if not chosen:
        raise RunRefused(f"The dataset {dataset.name} has no questions with a known right choice.")
    found_items: dict[str, list[Item]] = defaultdict(list)
    for item in dataset.items.filter(pk__in=chosen).order_by("position"):
        found_items[item.category].append(item)
    return {(subject, place): item for subject, found in found_items.items() for place, item in enumerate(found)}


def samples_of(dataset: Dataset, asked: Mapping[Place, Item], recipe: Recipe) -> list[Sample]:
    """The same for lm-eval: subject by subject, with the solved questions."""
    questions: dict[str, list[Question]] = defaultdict(list)
    for (subject, _), item in asked.items():
        questions[subject].append(question_of(item))
    shots: dict[str, list[Question]] = defaultdict(list)
    if recipe.shots:
        for item in dataset.items.filter(extra__part=DEV, category__in=list(questions)).order_by("position"):
            shots[item.category].append(question_of(item))
    for subject, found in questions.items():
        refuse_sample(subject, found, shots[subject], recipe)
    return [Sample(subject, found, shots[subject]) for subject, found in questions.items()]


def refuse_sample(subject: str, questions: Sequence[Question], shots: Sequence[Question], recipe: Recipe) -> None:
    """Raise RunRefused for questions that are no single task of lm-eval."""
    if len({len(each.choices) for each in (*questions, *shots)}) > 1:
        raise RunRefused(f"Questions of {subject} have different numbers of choices; a task of lm-eval has one number.")
    if len(shots) < recipe.shots:
        raise RunRefused(
            f"{subject or 'The dataset'} has {len(shots)} solved questions and the recipe shows {recipe.shots}: import "
            "the dev files too, or ask for fewer shots."
        )


def our_likelihoods(
    samples: Sequence[Sample], candidate: Candidate, recipe: Recipe, dtype: str, engine: EngineFactory
) -> tuple[Likelihoods, dict[str, int]]:
    """What we make of these questions, and why we make nothing of the others."""
    options = options_for(candidate.engine, model=candidate.model, base_url=candidate.base_url)
    if candidate.engine in HOLDING_ENGINES:
        options = replace(options, arguments={**options.arguments, "dtype": dtype})
    places = [(sample, place) for sample in samples for place in range(len(sample.questions))]
    with closing(engine(candidate.engine, options)) as running:
        said = list(choices_of(running)(requests(places, recipe)))
    failed = Counter(str(reply.failure.reason) for reply in said if reply.failure)
    good: Iterator[ChoiceReply] = (reply for reply in said if not reply.failure)
    found = {
        (sample.subject, place): list(reply.loglikelihoods)
        for reply in good
        for sample, place in (places[reply.id[0]],)
    }
    return found, dict(sorted(failed.items()))


def requests(places: Sequence[tuple[Sample, int]], recipe: Recipe) -> Iterator[ChoiceRequest]:
    """The questions as our engines are asked them."""
    for number, (sample, place) in enumerate(places):
        question = sample.questions[place]
        yield ChoiceRequest(
            id=(number, "", 0),
            prompts=prompts(question, sample.shots, sample.subject, recipe),
            texts=continued(question, recipe),
            group=sample.subject,
            bos=recipe.bos,
            longest=recipe.longest,
            cut_left=recipe.truncation is Truncation.LEFT,
        )


def parity_lines(report: ParityReport) -> list[str]:
    """The report as lines of text."""
    parity, candidate = report.parity, report.candidate
    lines = [
        f"{candidate.model} ({candidate.engine}) and lm-eval {report.lm_eval or '?'} (hf), {report.comparing.dtype}: "
        f"{parity.same} of {parity.n} choices are the same; the largest difference of a log-likelihood is "
        f"{parity.largest:.2g}."
    ]
    if report.lm_eval and report.lm_eval != report.recipe.lm_eval:
        lines.append(f"The recipe is that of lm-eval {report.recipe.lm_eval}: name it with --lm-eval-version.")
    lines += [f"{n} of our answers are missing: {reason}." for reason, n in report.failed.items()]
    for each in parity.differences:
        item = report.asked[each.subject, each.place]
        lines.append(
            f"  {each.subject}, item {item.position}: ours {each.ours} (margin {each.our_margin:.3g}), lm-eval's "
            f"{each.theirs} (margin {each.their_margin:.3g}): {' '.join(item.question.split())[:80]}"
        )
    return lines
