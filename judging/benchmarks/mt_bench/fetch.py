"""Questions, references and prompts of MT-Bench from FastChat's repository, where there is a network.

What arrives is compared with the checksums of the published files, and stored whole or not at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import httpx

from judging.benchmarks.mt_bench.tree import write_text

SOURCE = "https://raw.githubusercontent.com/lm-sys/FastChat/main/fastchat/llm_judge/data"
FILES: Mapping[str, tuple[str, str]] = {
    "question.jsonl": (
        "mt_bench/question.jsonl",
        "119565adbab82227089cefdb44c8d7e2cf04dc0a0ec233634c82e7d4e2a944f7",
    ),
    "reference_answer/gpt-4.jsonl": (
        "mt_bench/reference_answer/gpt-4.jsonl",
        "f957a5bc977badb66885ec970e6cd08527845780313f0995764260e5777b9b3f",
    ),
    "judge_prompts.jsonl": (
        "judge_prompts.jsonl",
        "fd283293406d024f44c174b094ef48031d0687a4682fd3a56b29b138f80281b6",
    ),
}
"""Where each file of the folder is in the repository, and the SHA-256 of what was published."""

SECONDS = 60.0


class FetchRefused(ValueError):
    """The files could not be had; the message says why and how to do without."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """The folder, and the SHA-256 of each of its files."""

    folder: Path
    checksums: Mapping[str, str]


def fetch_mt_bench(folder: Path, *, source: str = SOURCE, files: Mapping[str, tuple[str, str]] = FILES) -> Fetched:
    """Fill a folder with MT-Bench's files; what is there and is the published one is not fetched again.

    FetchRefused where there is no network, or what arrives is something else.
    """
    missing = {name: place for name, place in files.items() if checksum(folder / name) != place[1]}
    texts = {name: fetched(f"{source}/{path}", expected) for name, (path, expected) in missing.items()}
    for name, text in texts.items():
        if (folder / name).exists():
            raise FetchRefused(f"{folder / name} is there and is not the published file. Choose another folder.")
        write_text(folder / name, text)
    return Fetched(folder, {name: checksum(folder / name) for name in files})


def checksum(path: Path) -> str:
    """The SHA-256 of a file; '' for one that is absent."""
    return sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def fetched(url: str, expected: str) -> str:
    """The text at an address, if it is the expected one."""
    by_hand = "Get FastChat's question.jsonl, reference_answer/gpt-4.jsonl and judge_prompts.jsonl on a machine with a "
    by_hand += "network, and name their folder."
    try:
        reply = httpx.get(url, timeout=SECONDS, follow_redirects=True)
        reply.raise_for_status()
    except httpx.HTTPStatusError as error:
        raise FetchRefused(f"{url} says {error.response.status_code}. {by_hand}") from error
    except httpx.HTTPError as error:
        raise FetchRefused(
            f"{url} cannot be reached ({type(error).__name__}): is there a network? {by_hand}"
        ) from error
    if sha256(reply.content).hexdigest() != expected:
        raise FetchRefused(f"{url} is not the published file any more. {by_hand}")
    return reply.content.decode("utf-8")
