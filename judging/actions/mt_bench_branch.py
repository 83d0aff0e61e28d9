"""A taxonomy's branch as a dataset of questions."""

from hashlib import sha256
from pathlib import Path

from django.contrib.auth.models import User
from django.db import transaction

from judging.benchmarks.mt_bench.branch import CATEGORY, Branch, BranchQuestion, branch_of
from judging.benchmarks.mt_bench.taxonomy_git import EmptyTaxonomy, read_commit
from judging.core.items import Turn, question_key
from judging.models import Dataset, ImportFile, Item

FORMAT = "taxonomy"
BATCH = 500


def open_branch(repository: Path, revision: str = "HEAD", *, by: User | None = None) -> tuple[Dataset, Branch]:
    """The questions of a branch or commit as a dataset, and what is to be said of its files.

    The same commit of the same repository is the same dataset. TaxonomyRefused says why there is none.
    """
    branch = branch_of(read_commit(repository, revision))
    if not branch.questions:
        raise EmptyTaxonomy(f"{revision} of {repository} asks nothing. " + " ".join(map(str, branch.warnings[:5])))
    return store_branch(branch, by=by), branch


@transaction.atomic
def store_branch(branch: Branch, *, by: User | None = None) -> Dataset:
    """The dataset of a branch's questions, made where it is not there yet."""
    commit = branch.commit
    place = sha256(str(commit.repository.resolve()).encode()).hexdigest()[:6]
    name = f"{commit.repository.resolve().name[:60]} {commit.revision[:80]} {commit.sha[:12]} {place}"
    found: Dataset
    found, made = Dataset.objects.get_or_create(name=name, defaults={"state": Dataset.State.READY, "made_by": by})
    if made:
        rows = (question_item(found, number, each, branch) for number, each in enumerate(branch.questions, start=1))
        Item.objects.bulk_create(rows, batch_size=BATCH)
        ImportFile.objects.bulk_create(leaf_files(found, branch), batch_size=BATCH)
    return found


def question_item(dataset: Dataset, position: int, question: BranchQuestion, branch: Branch) -> Item:
    """A question without an answer, to be judged by the seed example's."""
    turn = Turn(question.text, "", question.answer)
    return Item(
        dataset=dataset,
        key=question.id,
        position=position,
        question_key=question_key((turn,)),
        category=CATEGORY,
        turns=[turn.as_json()],
        answer_state=Item.AnswerState.MISSING,
        extra={
            "qna_file": question.qna_file,
            "peer_question_id": question.peer_id,
            "branch": branch.commit.revision,
            "commit": branch.commit.sha,
        },
    )


def leaf_files(dataset: Dataset, branch: Branch) -> list[ImportFile]:
    """The files that the questions are from, with what the official parser refuses of them."""
    asked = [question.qna_file for question in branch.questions]
    return [
        ImportFile(
            dataset=dataset,
            name=leaf.path,
            sha256=sha256(leaf.content).hexdigest(),
            format=FORMAT,
            rows=asked.count(leaf.path),
            header={
                "commit": branch.commit.sha,
                "problems": [str(note) for note in branch.problems if note.path == leaf.path],
                "warnings": [str(note) for note in branch.warnings if note.path == leaf.path],
            },
        )
        for leaf in branch.commit.leaves
    ]
