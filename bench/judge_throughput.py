"""How much time a run costs beyond its engine: python -m bench.judge_throughput [--help].

Prints one table. Each row has its aim, and the limit that the engine or the server sets, measured in the same call.
"""

import argparse
import gc
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from django.core.management import call_command

from bench.site import FOLDER, make_dataset  # first of ours: it sets Django up
from evalsite.services import running_queue, worker_service
from judging.actions.judges import judge_for
from judging.actions.judgments import requests_for
from judging.actions.runs import RunScope, open_run, start_run
from judging.actions.work import work_run
from judging.core.builtin import JUDGES
from judging.core.specs import JudgeSpec
from judging.engines.base import Engine, EngineOptions
from judging.engines.scripted import ScriptedEngine
from judging.models import Dataset, Judgment, Run
from judging.reports import queue_state

REPLIES = {
    "verdict-ja": '{"reason": "第三の要点は原文と矛盾する。", "verdict": "wrong"}',
    "ja-1-5": "要点は三つ挙げられていますが、理由の一部が原文と合いません。" * 6 + "\n採点結果: 3",
}
WORKER_SECONDS = 30.0
ROUNDS = 3


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    what: str
    limit: str
    ours: str
    result: str
    aim: str
    met: bool


def main() -> None:
    """Measure what was asked for and print it."""
    chosen = arguments()
    if chosen.memory_of:
        print(json.dumps(memory_of(chosen.memory_of)))
        return
    call_command("migrate", verbosity=0)
    rows: list[Row] = []
    for part in chosen.parts.split(","):
        rows += PARTS[part](chosen)
    print(table(rows))
    print(machine())


def arguments() -> argparse.Namespace:
    """What to measure, and how much of it."""
    parser = argparse.ArgumentParser(prog="python -m bench.judge_throughput", description=__doc__)
    parser.add_argument("--parts", default="reply,workers,memory,vllm", help="which, separated by commas")
    parser.add_argument("--items", type=int, default=4_000, help="items of the part reply")
    parser.add_argument("--worker-items", type=int, default=1_024, help="items of the part workers")
    parser.add_argument("--latency", type=float, default=1.0, help="seconds that the server takes for a reply")
    parser.add_argument("--memory-items", default="1000,10000,50000", help="sizes of the part memory")
    parser.add_argument("--vllm-items", type=int, default=500, help="items of the part vllm")
    parser.add_argument("--vllm-model", default="", help="a model for vLLM; none makes a tiny one with random weights")
    parser.add_argument("--vllm-arguments", type=json.loads, default={}, help="arguments of vllm.LLM, as JSON")
    parser.add_argument("--max-tokens", type=int, default=64, help="tokens of a reply of vLLM")
    parser.add_argument("--memory-of", type=int, help=argparse.SUPPRESS)
    return parser.parse_args()


# our own time per reply


def reply_rows(chosen: argparse.Namespace) -> list[Row]:
    """A run inline against its engine alone, with an engine that takes no time."""
    dataset = make_dataset(chosen.items)
    return [reply_row(dataset, name, reply) for name, reply in REPLIES.items()]


def reply_row(dataset: Dataset, name: str, reply: str) -> Row:
    """One judge, three times, the best counts. The time of the processor is what is left of other work's influence."""
    items = dataset.items.last_position()
    alone, ours, processor = [], [], []
    for turn in range(ROUNDS):
        spec = replace(JUDGES[name], model=f"turn {turn}")
        alone.append(bare_seconds(spec, dataset, lambda: ScriptedEngine([reply])))
        start = time.process_time()
        ours.append(run_seconds(spec, dataset, lambda name, options: ScriptedEngine([reply])))
        processor.append(time.process_time() - start)
    beyond, busy = (1000 * (min(taken) - min(alone)) / items for taken in (ours, processor))
    return Row(
        f"{items:,} replies, {name}",
        f"{min(alone):.3f} s",
        f"{min(ours):.3f} s",
        f"{beyond:.2f} ms a reply, {busy:.2f} of them processor",
        "<= 1",
        beyond <= 1,
    )


def bare_seconds(spec: JudgeSpec, dataset: Dataset, engine: Callable[[], Engine]) -> float:
    """The engine alone, on the same prompts, which are there already."""
    requests = [request for item in dataset.items.all() for request in requests_for(item, spec, 0, [])]
    running = engine()
    with clock() as seconds:
        found = sum(1 for _ in running.replies(iter(requests)))
    assert found == len(requests)
    return seconds()


def run_seconds(spec: JudgeSpec, dataset: Dataset, engine: Callable[[str, EngineOptions], Engine]) -> float:
    """A run from its first claim to its last row: reading, rendering, extraction, decision, writing."""
    run = open_run(judge_for(spec), dataset, scope=RunScope(), base_url="http://127.0.0.1:9/v1")
    with clock() as seconds:
        while work_run(run.pk, claimer="bench", engine=engine):
            pass
    run.refresh_from_db()
    assert run.state == Run.State.FINISHED, run.error
    assert Judgment.objects.filter(run=run).count() == dataset.items.count()
    return seconds()


@contextmanager
def clock() -> Iterator[Callable[[], float]]:
    """Wall-clock time of the block, once it is over."""
    gc.collect()
    end = None
    start = time.perf_counter()
    yield lambda: (end or time.perf_counter()) - start
    end = time.perf_counter()


# two workers against one


def worker_rows(chosen: argparse.Namespace) -> list[Row]:
    """The same run by one worker and by two, against a server whose latency is fixed."""
    dataset = make_dataset(chosen.worker_items)
    with ExitStack() as stack:
        stack.enter_context(running_queue())
        port = stack.enter_context(loopback_server(chosen.latency))
        took = {count: workers_seconds(count, dataset, f"http://127.0.0.1:{port}/v1") for count in (1, 2)}
    places = EngineOptions().concurrency
    ratio, limit = took[1] / took[2], chosen.latency * chosen.worker_items / places
    return [
        Row(
            f"{chosen.worker_items:,} calls of {chosen.latency:g} s, 1 worker",
            f"{limit:.1f} s",
            f"{took[1]:.1f} s",
            f"{limit / took[1]:.2f} of the limit",
            "",
            True,
        ),
        Row(
            "the same, 2 workers", f"{limit / 2:.1f} s", f"{took[2]:.1f} s", f"{ratio:.2f} x", ">= 1.9 x", ratio >= 1.9
        ),
    ]


def workers_seconds(count: int, dataset: Dataset, base_url: str) -> float:
    """From the start of the run to its end, by workers that are up already."""
    spec = replace(JUDGES["verdict-ja"], model=f"loopback-{count}")
    with ExitStack() as stack:
        for number in range(1, count + 1):
            stack.enter_context(worker_service(number))
        wait_for(lambda: queue_state("default").workers == count)
        with clock() as seconds:
            run = start_run(judge_for(spec), dataset, scope=RunScope(), base_url=base_url)
            wait_for(lambda: Run.objects.get(pk=run.pk).is_over, patience=3600)
    assert Run.objects.get(pk=run.pk).state == Run.State.FINISHED
    return seconds()


@contextmanager
def loopback_server(latency: float) -> Iterator[int]:
    """The server in a process of its own; its port."""
    command = [sys.executable, "-m", "bench.loopback_server", str(latency)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield int(server.stdout.readline())
        server.terminate()


def wait_for(ready: Callable[[], bool], *, patience: float = WORKER_SECONDS) -> None:
    """Look often, and give up at last."""
    end = time.monotonic() + patience
    while not ready():
        if time.monotonic() > end:
            raise SystemExit("The workers did not come up; see the logs in the data folder.")
        time.sleep(0.05)


# memory


def memory_rows(chosen: argparse.Namespace) -> list[Row]:
    """The highest memory of a process that judges so many items, each in a process of its own."""
    sizes = [int(size) for size in chosen.memory_items.split(",")]
    found = {}
    for size in sizes:
        dataset = make_dataset(size)
        command = [sys.executable, "-m", "bench.judge_throughput", "--memory-of", str(dataset.pk)]
        found[size] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    first, last = found[sizes[0]], found[sizes[-1]]
    growth = last["peak"] - first["peak"]
    rows = [
        Row(f"{size:,} items", f"{of['before']:.0f} MB at rest", f"{of['peak']:.0f} MB", "", "", True)
        for size, of in found.items()
    ]
    per_item = 1e6 * growth / (sizes[-1] - sizes[0])
    return [*rows[:-1], replace(rows[-1], result=f"{per_item:.0f} bytes an item", aim="<= 200", met=per_item <= 200)]


def memory_of(pk: int) -> dict[str, float]:
    """Judge a dataset here, from the start of the run to its end."""
    dataset = Dataset.objects.get(pk=pk)
    spec = replace(JUDGES["verdict-ja"], model="memory")
    before = peak_megabytes()
    run_seconds(spec, dataset, lambda name, options: ScriptedEngine([REPLIES["verdict-ja"]]))
    return {"before": before, "peak": peak_megabytes()}


def peak_megabytes() -> float:
    """The highest resident memory so far. Linux's own count: that of getrusage begins with the parent's."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


# vLLM


def vllm_rows(chosen: argparse.Namespace) -> list[Row]:
    """vLLM alone and in a run, on the same prompts; nothing where it is not installed."""
    try:
        from bench.vllm_part import measured
    except ImportError:
        return [Row("vLLM", "not installed here", "", "", "", True)]
    items = chosen.vllm_items
    found = measured(make_dataset(items), chosen)
    ratio, beyond = found.alone / found.ours, 1000 * (found.ours - found.alone) / items
    what = f"{items:,} replies of up to {chosen.max_tokens} tokens, vLLM, {found.device}"
    if found.device == "cpu":
        result, aim, met = f"{beyond:.2f} ms a reply ({ratio:.3f})", "<= 1 ms", beyond <= 1
    else:
        result, aim, met = f"{ratio:.3f} of the engine", ">= 0.97", ratio >= 0.97
    return [Row(what, f"{items / found.alone:.1f} items/s", f"{items / found.ours:.1f} items/s", result, aim, met)]


PARTS = {"reply": reply_rows, "workers": worker_rows, "memory": memory_rows, "vllm": vllm_rows}


def table(rows: list[Row]) -> str:
    """As Markdown, so that it can be pasted."""
    lines = [["what", "limit", "a run", "result", "aim", ""], ["---"] * 6]
    lines += [[row.what, row.limit, row.ours, row.result, row.aim, said(row)] for row in rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def said(row: Row) -> str:
    """Whether the aim was met; nothing where a row has none."""
    return ("met" if row.met else "MISSED") if row.aim else ""


def machine() -> str:
    """Where this was measured, and what else the machine had to do."""
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    return f"\n{os.cpu_count()} cores, load {load}, Python {sys.version.split()[0]}, data in {FOLDER}"


if __name__ == "__main__":
    main()
