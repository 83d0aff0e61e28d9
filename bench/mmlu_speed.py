"""MMLU's questions per second beside lm-eval's and beside the bare model: python -m bench.mmlu_speed [--help].

Needs an environment with vLLM or transformers, and lm_eval (requirements-oracles.txt); a part that cannot run is named.
Every part is a process of its own. Loading a model counts for nobody: the time is that of scoring, from questions to
log-likelihoods, tokens included. The limit is the model's own time for just the tokens that had to be computed, each
question's as a prompt of its own: without a tokenizer, and without the beginning that its tokens look back at.

A model whose prefill takes most of the time tells something of that limit; one of two layers is done before its
questions are tokens. `--size` makes one with random weights: tiny (2 layers), small (28 million parameters, the default
on the CPU), large (1.2 billion, for a GPU).
"""

import argparse
import csv
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from judging.benchmarks.mmlu.parity import Likelihoods, Sample, compare, write_tasks
from judging.benchmarks.mmlu.prompts import Question, continued, prompts
from judging.benchmarks.mmlu.recipe import Recipe
from judging.core.continuations import Continuations
from judging.engines.base import ChoiceRequest, EngineOptions
from judging.engines.choice_tokens import ChoiceTokens
from tests.tiny_model import CPU_ENVIRONMENT, WHAT, WHO, make_model, make_tokenizer

OURS = ("vllm_offline", "transformers_local")
THEIRS = ("hf", "vllm")
AIM_OF_LIMIT, AIM_OF_PEER = 0.8, 5.0
CONTEXT = 4096
HEADS = (
    *("what", "seconds", "of the processor", "questions/s", "tokens", "computed", "from cache", "limit, seconds"),
    *("of the limit", "times lm-eval", "same answers"),
)
SIZES: dict[str, dict[str, int]] = {
    "tiny": {},
    "small": {"hidden": 512, "layers": 8},
    "large": {"hidden": 2048, "layers": 24},
}
WORDS = ("energy", "law", "cell", "market", "theorem", "treaty", "protein", "vector", "supply", "judge", *WHO, *WHAT)


@dataclass(frozen=True)
class Part:
    """What one process measured; `choices` by subject and place. `bare`: the limit, as (seconds, of the processor)."""

    seconds: float
    processor: float
    tokens: int
    computed: int
    choices: dict[str, list[float]]
    device: str
    bare: tuple[float, float] = (0.0, 0.0)


def main() -> None:
    """Measure every part and print the table."""
    chosen = arguments()
    if not Path("/proc/driver/nvidia/version").exists():
        os.environ.update(CPU_ENVIRONMENT)
    if chosen.part:
        part(chosen)
        return
    with tempfile.TemporaryDirectory(prefix="mmlu-") as name:
        folder = Path(name)
        model = chosen.model or str(make(folder / "model", chosen.size))
        found = {each: in_a_process(each, model, folder, chosen) for each in parts_of(chosen)}
        print_table({name: measured for name, measured in found.items() if measured}, chosen)


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder with dev/ and test/ in Hendrycks' layout (made-up questions)")
    parser.add_argument("--model", default="", help="folder of a model (one with random weights)")
    parser.add_argument("--size", choices=list(SIZES), default="small", help="of the model that is made (small)")
    parser.add_argument("--subjects", type=int, default=3, help="of made-up questions (3)")
    parser.add_argument("--questions", type=int, default=60, help="of each subject at most (60)")
    parser.add_argument("--dtype", default="float32", help="precision of the model (float32)")
    parser.add_argument("--batch-size", default="16", help="of transformers, here and in lm-eval (16)")
    parser.add_argument("--parts", default="", help="some of: " + ", ".join([*OURS, *(f"lm_eval-{t}" for t in THEIRS)]))
    parser.add_argument("--part", default="", help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def parts_of(chosen: argparse.Namespace) -> list[str]:
    """The parts to measure; lm-eval's vLLM backend by default only on a GPU, where people use it."""
    if chosen.parts:
        return list(chosen.parts.split(","))
    on_gpu = Path("/proc/driver/nvidia/version").exists()
    return [*OURS, "lm_eval-hf", *(["lm_eval-vllm"] if on_gpu else [])]


def make(folder: Path, size: str) -> Path:
    """A model with room for five solved questions."""
    if not SIZES[size]:
        return make_model(folder, context=CONTEXT)
    import torch
    from transformers import GenerationConfig, Qwen2Config, Qwen2ForCausalLM

    torch.manual_seed(0)
    hidden = SIZES[size]["hidden"]
    config = Qwen2Config(
        vocab_size=make_tokenizer(folder),
        hidden_size=hidden,
        intermediate_size=hidden * 11 // 4,
        num_hidden_layers=SIZES[size]["layers"],
        num_attention_heads=hidden // 64,
        num_key_value_heads=hidden // 64,
        max_position_embeddings=CONTEXT,
        tie_word_embeddings=True,
        initializer_range=0.05,
        bos_token_id=None,
        eos_token_id=2,
        pad_token_id=0,
    )
    Qwen2ForCausalLM(config).to(torch.float32).save_pretrained(folder)
    GenerationConfig(eos_token_id=2, pad_token_id=0, do_sample=False).save_pretrained(folder)
    return folder


def in_a_process(name: str, model: str, folder: Path, chosen: argparse.Namespace) -> Part | None:
    """One part, by itself; None where it cannot run here."""
    out = folder / f"{name}.json"
    words = [sys.executable, "-m", "bench.mmlu_speed", "--part", name, "--out", str(out), "--model", model]
    words += ["--questions", str(chosen.questions), "--subjects", str(chosen.subjects), "--dtype", chosen.dtype]
    words += ["--batch-size", chosen.batch_size, *(["--data", str(chosen.data)] if chosen.data else [])]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode or not out.exists():
        said = (done.stderr.strip() or "nothing").splitlines()[-1]
        print(f"{name} cannot run here: {said[:300]}", file=sys.stderr)
        return None
    told = json.loads(out.read_text())
    return Part(**{**told, "bare": tuple(told["bare"])})


def part(chosen: argparse.Namespace) -> None:
    """Measure one part in this process."""
    samples = list(read(chosen.data, chosen.questions) if chosen.data else made_up(chosen.subjects, chosen.questions))
    kind, _, name = chosen.part.partition("-")
    measured = lm_eval_part(samples, chosen, name) if kind == "lm_eval" else our_part(samples, chosen, chosen.part)
    chosen.out.write_text(json.dumps(measured.__dict__))


def our_part(samples: Sequence[Sample], chosen: argparse.Namespace, name: str) -> Part:
    """Ours: all questions, after a few of another subject have warmed up what needs warming; then the bare model."""
    running = engine(name, chosen)
    list(running.choices(requests(made_up(1, 3, seed=1))))
    asked = list(requests(samples))
    started, before = perf_counter(), process_time()
    found = {reply.id: reply for reply in running.choices(iter(asked))}
    seconds, processor = perf_counter() - started, process_time() - before
    if failed := [reply.failure for reply in found.values() if reply.failure]:
        raise SystemExit(f"{len(failed)} questions failed: {failed[0].detail}")
    computed = [found[request.id].computed for request in asked]
    bare = bare_seconds(running, computed)
    names = [f"{sample.subject}#{place}" for sample in samples for place in range(len(sample.questions))]
    choices = {name: list(found[request.id].loglikelihoods) for name, request in zip(names, asked, strict=True)}
    tokens = sum(reply.tokens for reply in found.values())
    return Part(seconds, processor, tokens, sum(computed), choices, device(), bare)


def engine(name: str, chosen: argparse.Namespace) -> Any:
    """One of our engines."""
    from judging.engines import ENGINES

    on_gpu = device() != "cpu"
    arguments: dict[str, Any] = {"dtype": chosen.dtype}
    if name == "transformers_local":
        arguments["batch_size"] = int(chosen.batch_size)
    elif not on_gpu:
        arguments |= {"enforce_eager": True}
    return ENGINES[name](EngineOptions(model=chosen.model, arguments=arguments))


def bare_seconds(running: Any, lengths: Sequence[int]) -> tuple[float, float]:
    """The model's time for prompts of just so many tokens that have nothing in common, tokens made beforehand."""
    from threading import Event

    from judging.engines.transformers_choices import Chooser
    from judging.engines.vllm_choices import ChoiceFlight
    from judging.engines.vllm_offline import Flight, VllmEngine

    draw = random.Random(2)
    made = [
        ChoiceTokens(
            ChoiceRequest(id=(number, "", 0), prompts=(), texts=(), group=group),
            0,
            Continuations(tuple(draw.randrange(10, 4000) for _ in range(length)), ((11,), (12,), (13,), (14,))),
        )
        for number, (length, group) in enumerate(alike(lengths, getattr(running, "_batch_size", 1)))
    ]
    loaded = running._loaded
    started, before = perf_counter(), process_time()
    if isinstance(running, VllmEngine):
        flight = Flight(loaded)
        list(ChoiceFlight(flight, loaded.room).choices(iter(made), Event()))
    else:
        chooser = Chooser(loaded, running._batch_size)
        for start in range(0, len(made), 128):
            # Each batch by itself: rows of one length, so that nothing is computed that need not be.
            list(chooser.choose(made[start : start + 128]))
    return perf_counter() - started, process_time() - before


def alike(lengths: Sequence[int], most: int) -> Iterator[tuple[int, str]]:
    """Lengths, the longest first, each with the batch that it goes into: of about one length, so many at most."""
    number, first, size = 0, 0, 0
    for length in sorted(lengths, reverse=True):
        if size == most or length < 0.9 * first:
            number, size = number + 1, 0
        if not size:
            first = length
        size += 1
        yield length, str(number)


def requests(samples: Sequence[Sample] | Iterator[Sample]) -> Iterator[ChoiceRequest]:
    """The questions as an engine is asked them."""
    recipe = Recipe()
    number = 0
    for sample in samples:
        for question in sample.questions:
            number += 1
            yield ChoiceRequest(
                id=(number, "", 0),
                prompts=prompts(question, sample.shots, sample.subject, recipe),
                texts=continued(question, recipe),
                group=sample.subject,
            )


def lm_eval_part(samples: Sequence[Sample], chosen: argparse.Namespace, backend: str) -> Part:
    """lm-eval's: the time inside its `loglikelihood`, which is all that scores."""
    os.environ.update(HF_HUB_OFFLINE="1", HF_DATASETS_OFFLINE="1")
    import lm_eval.api.registry
    from lm_eval import simple_evaluate
    from lm_eval.tasks import TaskManager

    folder = chosen.out.parent / chosen.part
    os.environ["HF_DATASETS_CACHE"] = str(folder / "cache")
    tasks = write_tasks(samples, folder / "tasks")
    kind: Any = lm_eval.api.registry.get_model(backend)
    spent: list[tuple[float, float]] = []
    plain = kind.loglikelihood

    def timed(self: Any, *args: Any, **kwargs: Any) -> Any:
        started, before = perf_counter(), process_time()
        found = plain(self, *args, **kwargs)
        spent.append((perf_counter() - started, process_time() - before))
        return found

    kind.loglikelihood = timed
    arguments = f"pretrained={chosen.model},dtype={chosen.dtype}"
    arguments += ",enforce_eager=True" if backend == "vllm" and device() == "cpu" else ""
    result: Any = simple_evaluate(
        model=backend,
        model_args=arguments,
        tasks=tasks,
        num_fewshot=Recipe().shots,
        batch_size=int(chosen.batch_size) if backend == "hf" else "auto",
        device="cuda:0" if device() != "cpu" else "cpu",
        task_manager=TaskManager(include_path=str(folder / "tasks"), include_defaults=False),
        bootstrap_iters=0,
    )
    choices = {}
    for sample, task in zip(samples, tasks, strict=True):
        for row in result["samples"][task]:
            choices[f"{sample.subject}#{row['doc_id']}"] = [float(reply[0]) for reply in row["filtered_resps"]]
    seconds, processor = (sum(each) for each in zip(*spent, strict=True))
    return Part(seconds, processor, 0, 0, choices, device())


def device() -> str:
    """What computes."""
    import torch

    return str(torch.cuda.get_device_name()) if torch.cuda.is_available() else "cpu"


def read(folder: Path, most: int) -> Iterator[Sample]:
    """Subjects in Hendrycks' layout."""
    for file in sorted((folder / "test").glob("*_test.csv")):
        subject = file.stem.removesuffix("_test")
        dev = folder / "dev" / f"{subject}_dev.csv"
        yield Sample(subject, questions(file)[:most], questions(dev))


def questions(file: Path) -> list[Question]:
    """The rows of a file."""
    with file.open(encoding="utf-8", newline="") as lines:
        return [Question(row[0], tuple(row[1:5]), "ABCD".index(row[5])) for row in csv.reader(lines)]


def made_up(subjects: int, most: int, seed: int = 0) -> Iterator[Sample]:
    """Questions about as long as MMLU's: 660 tokens with five solved ones."""
    draw = random.Random(seed)

    def text(words: int) -> str:
        return " ".join(draw.choice(WORDS) for _ in range(words))

    def question() -> Question:
        return Question(f"{text(18)}?", tuple(text(4) for _ in range(4)), draw.randrange(4))

    for number in range(subjects):
        yield Sample(f"made_up_{number}", [question() for _ in range(most)], [question() for _ in range(5)])


def print_table(found: dict[str, Part], chosen: argparse.Namespace) -> None:
    """Questions per second, against the limit and against the fastest of lm-eval."""
    theirs = {name: part for name, part in found.items() if name.startswith("lm_eval")}
    first = next(iter(found.values()))
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    print(f"{len(first.choices)} questions, {chosen.dtype}, {first.device}, load {load}")
    print(f"| {' | '.join(HEADS)} |")
    print("|" + "---|" * len(HEADS))
    for name, measured in found.items():
        print(row_of(name, measured, theirs))
    print("by the clock (by the processor, which counts where others use the machine)")
    print(f"aims: {AIM_OF_LIMIT:g} of the limit, {AIM_OF_PEER:g} times the faster backend of lm-eval")


def row_of(name: str, measured: Part, theirs: dict[str, Part]) -> str:
    """A line of the table."""
    n = len(measured.choices)
    cells = [name, f"{measured.seconds:.1f}", f"{measured.processor:.1f}", f"{n / measured.seconds:.1f}"]
    if name in theirs:
        return f"| {' | '.join([*cells, *[''] * 7])} |"
    clock, processor = measured.bare
    hits = 1 - measured.computed / measured.tokens
    cells += [f"{measured.tokens:,}", f"{measured.computed:,}", f"{hits:.0%}", f"{clock:.1f}"]
    cells.append(both(clock / measured.seconds, processor / measured.processor, 2))
    seconds = min((part.seconds for part in theirs.values()), default=None)
    spent = min((part.processor for part in theirs.values()), default=None)
    cells.append(both(seconds / measured.seconds, spent / measured.processor, 1) if seconds and spent else "")
    same = [compare(likelihoods(measured), likelihoods(part)) for part in theirs.values()]
    cells.append(", ".join(f"{each.same}/{each.n}" for each in same))
    return f"| {' | '.join(cells)} |"


def both(clock: float, processor: float, digits: int) -> str:
    """A ratio by the clock, and by the processor."""
    return f"{clock:.{digits}f} ({processor:.{digits}f})"


def likelihoods(measured: Part) -> Likelihoods:
    """By subject and place."""
    return {(name.split("#")[0], int(name.split("#")[1])): values for name, values in measured.choices.items()}


if __name__ == "__main__":
    main()
