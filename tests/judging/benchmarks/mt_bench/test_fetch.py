"""MT-Bench's files from the network, or a sentence that says how to do without."""

import threading
from collections.abc import Iterator
from functools import partial
from hashlib import sha256
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from judging.benchmarks.mt_bench.fetch import FILES, FetchRefused, fetch_mt_bench

TEXTS = {"question.jsonl": '{"question_id": 81}\n', "judge_prompts.jsonl": "プロンプト\n"}


def known(text: str) -> str:
    return sha256(text.encode()).hexdigest()


OURS = {name: (f"data/{name}", known(text)) for name, text in TEXTS.items()}


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def source(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "served/data").mkdir(parents=True)
    for name, text in TEXTS.items():
        (tmp_path / "served/data" / name).write_text(text, encoding="utf-8")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path / "served")))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_files_arrive_with_their_checksums_and_once(source: str, tmp_path: Path) -> None:
    found = fetch_mt_bench(tmp_path / "bench", source=source, files=OURS)
    assert found.checksums == {name: known(text) for name, text in TEXTS.items()}
    assert (tmp_path / "bench/judge_prompts.jsonl").read_text(encoding="utf-8") == "プロンプト\n"
    assert fetch_mt_bench(tmp_path / "bench", source="http://127.0.0.1:9", files=OURS) == found


def test_without_a_network_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(FetchRefused, match=r"cannot be reached \(ConnectError\): is there a network\? Get FastChat's"):
        fetch_mt_bench(tmp_path / "bench", source="http://127.0.0.1:9", files=OURS)
    assert not (tmp_path / "bench").exists()


def test_another_file_is_refused_and_nothing_is_stored(source: str, tmp_path: Path) -> None:
    other = OURS | {"judge_prompts.jsonl": ("data/judge_prompts.jsonl", known("x"))}
    with pytest.raises(FetchRefused, match="is not the published file any more"):
        fetch_mt_bench(tmp_path / "bench", source=source, files=other)
    with pytest.raises(FetchRefused, match="says 404"):
        fetch_mt_bench(tmp_path / "bench", source=source, files={"a": ("data/absent", known("x"))})
    assert not (tmp_path / "bench").exists()


def test_a_file_of_ones_own_is_not_overwritten(source: str, tmp_path: Path) -> None:
    (tmp_path / "question.jsonl").write_text("mine")
    with pytest.raises(FetchRefused, match="is there and is not the published file"):
        fetch_mt_bench(tmp_path, source=source, files=OURS)
    assert (tmp_path / "question.jsonl").read_text() == "mine"


def test_the_checksums_are_those_of_the_real_files(shared_data: Path) -> None:
    bench = shared_data / "mt_bench"
    assert {name: sha256((bench / name).read_bytes()).hexdigest() for name in FILES} == {
        name: expected for name, (_, expected) in FILES.items()
    }
