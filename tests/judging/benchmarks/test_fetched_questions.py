"""MT-Bench's published files, fetched by the command and by a button; without a network a sentence."""

import threading
from collections.abc import Iterator
from functools import partial
from hashlib import sha256
from http.server import ThreadingHTTPServer
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from redis import Redis

from judging.models import BenchmarkRun, Dataset, ImportFile
from tests.conftest import logged_in
from tests.factories import make_user
from tests.judging.benchmarks.mt_bench.test_fetch import Quiet

pytestmark = pytest.mark.django_db
OFFLINE = "http://127.0.0.1:9"


@pytest.fixture
def client() -> Client:
    return logged_in(make_user("lead", role="lead"))


@pytest.fixture
def published(tmp_path: Path, shared_data: Path, settings: Any) -> Iterator[Path]:
    """The published files at an address of this machine, and a folder of data that has none yet."""
    served = tmp_path / "served"
    bench = shared_data / "mt_bench"
    for name in ("question.jsonl", "reference_answer/gpt-4.jsonl"):
        (served / "mt_bench" / name).parent.mkdir(parents=True, exist_ok=True)
        (served / "mt_bench" / name).write_bytes((bench / name).read_bytes())
    (served / "judge_prompts.jsonl").write_bytes((bench / "judge_prompts.jsonl").read_bytes())
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(served)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    settings.MT_BENCH_SOURCE = f"http://127.0.0.1:{server.server_port}"
    settings.DATA_DIR = tmp_path / "data"
    yield bench
    server.shutdown()
    thread.join()
    server.server_close()


def ran(*arguments: str) -> str:
    err = StringIO()
    call_command(
        "run_benchmark", "mt_bench", "--fetch", "--model", "m1", "--engine", "scripted", "--judge", "j",
        "--judge-engine", "scripted", "--first-n", "2", "--inline", *arguments, stdout=StringIO(), stderr=err,
    )  # fmt: skip
    return err.getvalue()


def test_the_command_fills_a_folder_and_examines_by_its_prompts(published: Path, tmp_path: Path) -> None:
    said = ran("--data", str(tmp_path / "bench"))
    digest = sha256((published / "question.jsonl").read_bytes()).hexdigest()
    assert f"question.jsonl  sha256 {digest}" in said
    assert (tmp_path / "bench/judge_prompts.jsonl").exists()
    found = BenchmarkRun.objects.get()
    assert (found.state, found.dataset.items.count()) == ("finished", 80)
    assert ImportFile.objects.filter(dataset=found.dataset, sha256=digest).exists()
    assert found.judge is not None
    prompts = sha256((published / "judge_prompts.jsonl").read_bytes()).hexdigest()
    assert found.judge.decision["prompts"]["sha256"] == prompts


def test_without_a_network_the_command_says_so(settings: Any, tmp_path: Path) -> None:
    settings.MT_BENCH_SOURCE, settings.DATA_DIR = OFFLINE, tmp_path
    with pytest.raises(CommandError, match=r"cannot be reached .*is there a network\? Get FastChat's question.jsonl"):
        ran()
    with pytest.raises(CommandError, match="Only the files of MT-Bench are fetched"):
        call_command("run_benchmark", "mmlu", "--fetch", "--model", "m1", "--inline")
    assert not list(tmp_path.iterdir())


def test_a_button_makes_them_a_dataset(client: Client, published: Path) -> None:
    response = client.post("/benchmarks/fetch/", follow=True)
    dataset = Dataset.objects.get(name__startswith="mt_bench ")
    assert response.redirect_chain[-1][0] == f"/benchmarks/start/?benchmark=mt_bench&dataset={dataset.pk}"
    page = response.content.decode()
    assert "question.jsonl sha256 119565adbab82227" in page
    assert f'<option value="{dataset.pk}" selected>' in page


def test_without_a_network_the_page_says_so(client: Client, settings: Any, tmp_path: Path) -> None:
    settings.MT_BENCH_SOURCE, settings.DATA_DIR = OFFLINE, tmp_path
    page = client.post("/benchmarks/fetch/", follow=True).content.decode()
    assert "cannot be reached" in page
    assert not Dataset.objects.exists()


def test_a_lead_starts_pairs_with_the_fetched_prompts(client: Client, published: Path, valkey: Redis) -> None:
    client.post("/benchmarks/fetch/")
    asked = {
        "benchmark": "mt_bench", "dataset": Dataset.objects.get().pk, "models": "a\nb", "engine": "scripted",
        "judge_engine": "scripted", "judge_model": "j", "mode": "pair", "baseline": "b", "repeats": 1, "shots": 5,
    }  # fmt: skip
    response = client.post("/benchmarks/start/", asked)
    found = BenchmarkRun.objects.get()
    assert response.headers["Location"] == found.get_absolute_url()
    assert found.options["pairs"] == {"baseline": "b"}
    assert found.judge is not None
    assert found.judge.name == "mt-bench-pair"
