"""The qna.yaml files of a commit, read from git's objects: nothing is checked out, no work tree is touched."""

import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

LEFT_OUT = frozenset({"knowledge", "docs", "scripts"})
"""Folders at the top that hold no skills."""

LEAF = "qna.yaml"
LONGEST = 4_000_000
SECONDS = 120


class TaxonomyRefused(ValueError):
    """The taxonomy cannot be read; the message says what is wrong and what to do."""


class RepositoryNotFound(TaxonomyRefused):
    """There is nothing at the path."""


class NotARepository(TaxonomyRefused):
    """What is at the path is no git repository."""


class UnknownBranch(TaxonomyRefused):
    """The repository has no such branch or commit."""


class EmptyTaxonomy(TaxonomyRefused):
    """The commit has no skills."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One qna.yaml: where it stands in the taxonomy, and its bytes. `too_long`: they were not read."""

    path: str
    content: bytes
    too_long: bool = False


@dataclass(frozen=True, slots=True)
class Commit:
    """The leaves of a commit, in order of their paths. `revision` is what was asked for."""

    repository: Path
    revision: str
    sha: str
    leaves: Sequence[Leaf]


def read_commit(repository: Path, revision: str = "HEAD") -> Commit:
    """The skills of a branch, tag or commit. TaxonomyRefused, of the kind that fits, where there are none."""
    if not repository.exists():
        raise RepositoryNotFound(f"There is no folder {repository}. Name the folder of the taxonomy's git repository.")
    if not repository.is_dir():
        raise NotARepository(f"{repository} is no folder. Name the folder of the taxonomy's git repository.")
    place = repository.resolve()
    _refuse_no_repository(place, repository)
    sha = _resolved(place, repository, revision)
    leaves = list(_leaves(place, sha))
    if not leaves:
        raise EmptyTaxonomy(
            f"{revision} of {repository} has no {LEAF} of a skill (knowledge, docs, scripts and hidden folders do not "
            "count). Name another branch, or another repository."
        )
    return Commit(repository, revision, sha, leaves)


def _git(place: Path, *arguments: str, said: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run one of git's reading commands. No folder above the place is taken for the repository, nothing is fetched."""
    known = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    own = {
        "GIT_CEILING_DIRECTORIES": str(place.parent),
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "LC_ALL": "C",
    }
    command = ["git", "-C", str(place), "-c", "core.fsmonitor=false", *arguments]
    try:
        return subprocess.run(command, input=said, capture_output=True, env=known | own, timeout=SECONDS, check=False)
    except FileNotFoundError as error:
        raise TaxonomyRefused("The program git is not installed here. Install it.") from error
    except subprocess.TimeoutExpired as error:
        raise TaxonomyRefused(f"git took longer than {SECONDS} seconds to read {place}. Try a local clone.") from error


def _refuse_no_repository(place: Path, shown: Path) -> None:
    found = _git(place, "rev-parse", "--git-dir")
    if not found.returncode:
        return
    if b"dubious ownership" in found.stderr:
        raise NotARepository(
            f"{shown} belongs to another user, and git does not read it. "
            f"Allow it: git config --global --add safe.directory {place}"
        )
    raise NotARepository(f"{shown} is no git repository. Name the folder of the taxonomy's clone.")


def _resolved(place: Path, shown: Path, revision: str) -> str:
    """The commit that a revision means; a branch of the origin that has no local one counts too."""
    for name in (revision, f"refs/remotes/origin/{revision}"):
        if not revision or revision.startswith("-"):
            break
        found = _git(place, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
        if not found.returncode:
            return found.stdout.decode().strip()
    raise UnknownBranch(f"{shown} has no branch or commit {revision!r}. Name one of: {_branches(place)}.")


def _branches(place: Path) -> str:
    found = _git(place, "for-each-ref", "--format=%(refname:short)", "--count=20", "refs/heads", "refs/remotes")
    return ", ".join(found.stdout.decode("utf-8", "replace").split()) or "(none: the repository is empty)"


def is_skill(path: str) -> bool:
    """Whether a path of the repository is a leaf that the benchmark asks."""
    parts = PurePosixPath(path).parts
    return len(parts) > 1 and parts[-1] == LEAF and not parts[0].startswith(".") and parts[0] not in LEFT_OUT


def _leaves(place: Path, sha: str) -> Iterator[Leaf]:
    listed = _git(place, "ls-tree", "-r", "-l", "-z", "--full-tree", sha)
    if listed.returncode:
        raise TaxonomyRefused(f"git cannot read the commit {sha[:12]} of {place}. Fetch it whole.")
    found = []
    for entry in listed.stdout.split(b"\x00"):
        facts, _, name = entry.partition(b"\t")
        path = name.decode("utf-8", "replace")
        if facts.startswith(b"100") and is_skill(path):
            _mode, _kind, blob, length_text = facts.split()
            found.append((path, blob, int(length_text)))
    found.sort()
    texts = _contents(place, [blob for _, blob, length in found if length <= LONGEST])
    for path, _, length in found:
        yield Leaf(path, b"", too_long=True) if length > LONGEST else Leaf(path, next(texts))


def _contents(place: Path, blobs: Sequence[bytes]) -> Iterator[bytes]:
    """What the blobs hold, in their order."""
    said = _git(place, "cat-file", "--batch", said=b"".join(blob + b"\n" for blob in blobs)).stdout
    start = 0
    for blob in blobs:
        head, _, _ = said[start : start + 200].partition(b"\n")
        facts = head.split()
        if len(facts) != 3 or facts[1] != b"blob":
            raise TaxonomyRefused(f"git cannot read the object {blob.decode()} of {place}. Fetch the commit whole.")
        begin = start + len(head) + 1
        yield said[begin : begin + int(facts[2])]
        start = begin + int(facts[2]) + 1
