"""MT-Bench-Branch: questions of a commit, graded by the seed examples, and two branches compared."""

import csv
import json
import subprocess
from hashlib import md5
from pathlib import Path

import pytest

from judging.actions.benchmarks.questions import questions_of
from judging.actions.mt_bench import Grading, judge_for_mt_bench
from judging.actions.mt_bench_branch import open_branch
from judging.actions.mt_bench_tree import write_tree
from judging.actions.runs import RunRefused
from judging.benchmarks.mt_bench.branch import branch_of
from judging.benchmarks.mt_bench.branch_changes import Change, FileRating, Side, compare_branches, peer_report
from judging.benchmarks.mt_bench.taxonomy_git import (
    EmptyTaxonomy,
    NotARepository,
    RepositoryNotFound,
    UnknownBranch,
    read_commit,
)
from judging.benchmarks.mt_bench_branch import MT_BENCH_BRANCH, repository_of
from judging.engines.base import Request
from judging.reports.mt_bench_branch import branch_changes, branch_text
from tests.judging.benchmarks.mt_bench.files import answered, judged, write_prompts
from tests.judging.benchmarks.mt_bench.peers import RUN_INSTRUCTLAB, peer

RHYME = "compositional_skills/writing/rhyme/qna.yaml"
GROUNDED = "compositional_skills/grounded/lists/qna.yaml"


def git(folder: Path, *arguments: str) -> str:
    own = ["-c", "user.name=t", "-c", "user.email=t@t", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", *own, "-C", str(folder), *arguments], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def skill(*examples: tuple[str, ...], version: int = 2, task: str = "Teach") -> str:
    lines = [f"version: {version}", f"task_description: {task}", "created_by: someone", "seed_examples:"]
    for question, answer, *context in examples:
        lines += [f"  - question: {question}", f"    answer: {answer}", *(f"    context: {each}" for each in context)]
    return "\n".join(lines) + "\n"


FIVE = [(f"Rhyme with {word}", f"{word}ty") for word in ("cat", "dog", "pig", "cow", "hen")]


def write(folder: Path, path: str, text: str) -> None:
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_text(text, encoding="utf-8")


@pytest.fixture
def taxonomy(tmp_path: Path) -> Path:
    """main has rhymes and lists; rc has one rhyme said otherwise, no lists, and jokes."""
    folder = tmp_path / "taxonomy"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    write(folder, RHYME, skill(*FIVE))
    write(folder, GROUNDED, skill(*[("What is on it?", f"thing {n}", f"A list of thing {n}.") for n in range(5)]))
    write(folder, "knowledge/animals/qna.yaml", "version: 3\n")
    write(folder, "docs/qna.yaml", "x: 1\n")
    write(folder, ".github/qna.yaml", "x: 1\n")
    write(folder, "qna.yaml", "x: 1\n")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "one")
    git(folder, "checkout", "-q", "-b", "rc")
    write(folder, RHYME, skill(("Rhyme with ant", "plant"), *FIVE[1:]))
    (folder / GROUNDED).unlink()
    write(folder, "foundational_skills/jokes/qna.yaml", skill(*[(f"Joke {n}", f"Ha {n}") for n in range(5)]))
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "two")
    git(folder, "checkout", "-q", "main")
    return folder


def test_a_branch_is_read_without_a_checkout(taxonomy: Path) -> None:
    (taxonomy / RHYME).write_text("edited, not committed")
    before = git(taxonomy, "status", "--porcelain"), git(taxonomy, "rev-parse", "HEAD")
    found = read_commit(taxonomy, "rc")
    assert [leaf.path for leaf in found.leaves] == [RHYME, "foundational_skills/jokes/qna.yaml"]
    assert found.sha == git(taxonomy, "rev-parse", "rc")
    assert [leaf.path for leaf in read_commit(taxonomy, "main").leaves] == [GROUNDED, RHYME]
    assert (git(taxonomy, "status", "--porcelain"), git(taxonomy, "rev-parse", "HEAD")) == before


def test_a_commit_a_bare_repository_and_a_branch_of_the_origin_will_do(taxonomy: Path, tmp_path: Path) -> None:
    sha = git(taxonomy, "rev-parse", "rc")
    assert read_commit(taxonomy, sha[:10]).sha == sha
    git(tmp_path, "clone", "-q", "--bare", str(taxonomy), "bare")
    assert read_commit(tmp_path / "bare", "rc").sha == sha
    git(tmp_path, "clone", "-q", str(taxonomy), "clone")
    assert read_commit(tmp_path / "clone", "rc").sha == sha
    assert len(read_commit(Path(f"{taxonomy}/"), "rc").leaves) == 2


def test_what_cannot_be_read_is_refused_with_a_sentence(taxonomy: Path, tmp_path: Path) -> None:
    with pytest.raises(RepositoryNotFound, match=r"There is no folder .*nowhere"):
        read_commit(tmp_path / "nowhere")
    (tmp_path / "plain").mkdir()
    with pytest.raises(NotARepository, match="plain is no git repository"):
        read_commit(tmp_path / "plain")
    with pytest.raises(NotARepository, match="is no git repository"):
        read_commit(taxonomy / "docs")
    for name in ("gone", "--all", "", "main:docs"):
        with pytest.raises(UnknownBranch, match=r"has no branch or commit .*Name one of: main, rc"):
            read_commit(taxonomy, name)
    (tmp_path / "empty").mkdir()
    git(tmp_path / "empty", "init", "-q")
    git(tmp_path / "empty", "commit", "-q", "--allow-empty", "-m", "x")
    with pytest.raises(EmptyTaxonomy, match=r"HEAD of .*empty has no qna\.yaml of a skill"):
        read_commit(tmp_path / "empty")


def test_context_leads_in_and_same_questions_stay_apart(taxonomy: Path) -> None:
    branch = branch_of(read_commit(taxonomy, "main"))
    first = branch.questions[0]
    assert first.text == ("Given the context below:\nA list of thing 0.\nAnswer the following question: What is on it?")
    assert first.peer_id == str(int(md5(b"What is on it?").hexdigest(), 16))
    assert len({question.id for question in branch.questions}) == 10
    assert all(question.id.isdigit() for question in branch.questions)
    assert branch.collisions == {first.peer_id: 5}
    assert (list(branch.problems), list(branch.warnings)) == ([], [])


def test_values_that_are_no_text_are_read_as_written_and_said(taxonomy: Path) -> None:
    odd = skill(("yes", "35.670"), ("Q", "2024-01-02"), ("Q2", "[a, b]"), ("1_000", "n"), ("~", "nothing"))
    write(taxonomy, RHYME, odd)
    git(taxonomy, "commit", "-q", "-am", "odd")
    branch = branch_of(read_commit(taxonomy, "main"))
    rhymes = [(each.question, each.answer) for each in branch.questions if each.qna_file == RHYME]
    assert rhymes == [("yes", "35.670"), ("Q", "2024-01-02"), ("Q2", "- a\n- b"), ("1_000", "n")]
    said = [str(note) for note in branch.warnings]
    assert said[0] == f"{RHYME}:5: The question is True and no text; it was read as 'yes'. Put it in quotes."
    assert said[-1] == f"{RHYME}:13: Example 5 has no question and answer, and was left out."
    assert any("is True and no text" in note.message and note.line == 5 for note in branch.problems)


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        ("a: [}", "cannot be read"),
        ("a: &a [x]\nb: *a\n", "cannot be read"),
        ("task_description: x\n", "has no seed_examples"),
        ("", "has no seed_examples"),
        ("seed_examples: none\n", "has no seed_examples"),
    ],
)
def test_a_bad_file_is_left_out_and_the_others_are_asked(taxonomy: Path, text: str, warning: str) -> None:
    write(taxonomy, RHYME, text)
    git(taxonomy, "commit", "-q", "-am", "bad")
    branch = branch_of(read_commit(taxonomy, "main"))
    assert {question.qna_file for question in branch.questions} == {GROUNDED}
    assert [warning in note.message for note in branch.warnings if note.path == RHYME] == [True]


def test_the_official_parsers_verdicts_are_ours(shared_data: Path, tmp_path: Path) -> None:
    """Real files in one commit: what their parser refuses has a problem here, what it takes has none."""
    folder = tmp_path / "real"
    folder.mkdir()
    git(folder, "init", "-q")
    expected: dict[str, bool] = {}
    with (shared_data / "instructlab/manifest.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            path = f"skills_{row['id']}/{row['path']}"
            source = shared_data / "instructlab/files" / row["id"] / row["path"]
            write(folder, path, source.read_text(encoding="utf-8"))
            expected[path] = row["valid"] == "1"
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "real")
    branch = branch_of(read_commit(folder))
    refused = {note.path for note in branch.problems}
    assert {path: path not in refused for path in expected} == expected
    assert len(branch.questions) > 100


# --- graded and compared


pytest_db = pytest.mark.django_db


@pytest_db
def test_a_branch_is_answered_and_graded_by_its_examples(taxonomy: Path, tmp_path: Path) -> None:
    dataset, branch = open_branch(taxonomy, "main")
    assert open_branch(taxonomy, "main")[0] == dataset
    assert dataset.items.count() == len(branch.questions) == 10
    assert dataset.files.count() == 2
    judge = judge_for_mt_bench(write_prompts(tmp_path), model="j", grading=Grading(turns=(1,), name="mt-bench-branch"))
    answers = answered(dataset, "m1")
    run, talker = judged(judge, answers, lambda request: "[[7]]")
    assert "R catty" in dict(talker.asked[-5].prompt.messages)["user"]
    write_tree(run, tmp_path / "out", branch="main")
    base = tmp_path / "out/mt_bench_branch/main"
    asked = [json.loads(line) for line in (base / "question.jsonl").read_text().splitlines()]
    assert asked[0]["qna_file"] == GROUNDED
    assert asked[0]["question_id"] == branch.questions[0].id
    assert asked[0]["peer_question_id"] == branch.questions[0].peer_id
    assert (asked[0]["category"], asked[0]["reference"]) == ("taxonomy", ["thing 0"])
    assert json.loads((base / "reference_answer/j.jsonl").read_text().splitlines()[0])["model_id"] == "j"
    code = RUN_INSTRUCTLAB.replace("sys.argv[1:4])", "sys.argv[1:4], bench_name='mt_bench_branch')")
    files = ("question.jsonl", "model_judgment/j_single.jsonl", "model_answer/m1.jsonl")
    assert json.loads(peer(code, *(str(base / name) for name in files))) == [7.0, [7.0], 0.0, 10, True]


@pytest_db
def test_the_command_names_a_repository_and_a_branch(taxonomy: Path, tmp_path: Path) -> None:
    rc = questions_of(MT_BENCH_BRANCH, f"{taxonomy}@rc")
    assert rc == open_branch(taxonomy, "rc")[0]
    assert questions_of(MT_BENCH_BRANCH, rc.name) == rc
    assert questions_of(MT_BENCH_BRANCH, str(taxonomy)).items.count() == 10
    (taxonomy / "a@b").mkdir()
    assert repository_of(str(taxonomy / "a@b")) == (taxonomy / "a@b", "HEAD")
    with pytest.raises(RunRefused, match="has no branch or commit 'gone'"):
        questions_of(MT_BENCH_BRANCH, f"{taxonomy}@gone")
    with pytest.raises(RunRefused, match="There is no folder"):
        questions_of(MT_BENCH_BRANCH, str(tmp_path / "nowhere"))


@pytest_db
def test_two_branches_are_compared_file_by_file(taxonomy: Path, tmp_path: Path) -> None:
    judge = judge_for_mt_bench(write_prompts(tmp_path), model="j", grading=Grading(turns=(1,), name="mt-bench-branch"))
    main = judged(judge, answered(open_branch(taxonomy, "main")[0], "m"), lambda request: "[[5]]")[0]

    def better(request: Request) -> str:
        return "[[5]]" if "dog" in request.item.turns[0].question else "[[8]]"

    rc = judged(judge, answered(open_branch(taxonomy, "rc")[0], "m"), better)[0]
    changes = {each.qna_file: each for each in branch_changes(main, rc)}
    rhyme = changes[RHYME]
    assert (rhyme.change, rhyme.pairs, rhyme.reworded) == (Change.IMPROVEMENT, 4, 2)
    assert rhyme.base == 5.0
    assert rhyme.new == pytest.approx(7.4)
    assert rhyme.paired == pytest.approx(2.25)
    assert not rhyme.is_certain
    assert changes[GROUNDED].change == Change.REMOVED
    assert changes["foundational_skills/jokes/qna.yaml"].change == Change.NEW
    assert branch_changes(main, rc, band=3)[0].change == Change.NO_CHANGE
    assert f"### IMPROVEMENTS (0.0 to 10.0):\n1. {RHYME}: 5.0 -> 7.4 (+2.4)\n" in branch_text(main, rc)


def ratings(**scores: list[float | None]) -> list[FileRating]:
    return [
        FileRating(qna_file=name, question=str(place), score=score)
        for name, found in scores.items()
        for place, score in enumerate(found)
    ]


def test_a_file_without_ratings_is_neither_new_nor_gone() -> None:
    kinds = {
        each.qna_file: each.change
        for each in compare_branches(ratings(a=[None], b=[4.0], c=[4.0]), ratings(a=[4.0], b=[None], c=[4.0]))
    }
    assert kinds == {"a": Change.UNRATED, "b": Change.UNRATED, "c": Change.NO_CHANGE}


def test_an_interval_says_whether_a_change_is_certain() -> None:
    (sure,) = compare_branches(ratings(a=[1.0, 2, 3, 2]), ratings(a=[4.0, 5, 6.5, 5]))
    assert sure.is_certain
    assert sure.paired == pytest.approx(3.125)
    (alone,) = compare_branches(ratings(a=[1.0]), ratings(a=[4.0]))
    assert (alone.low, alone.is_certain) == (None, False)


def test_the_report_is_the_peers_letter_by_letter() -> None:
    base = Side(
        model="org/granite", score=0, error_rate=0.4567,
        files={"c1": 0.1, "c2": 0.4, "c3": 0.1, "c4": 0.4, "c5": 0.5},
    )  # fmt: skip
    new = Side(
        model="org/granite", score=0, error_rate=0.4567,
        files={"c1": 0.2, "c2": 0.3, "c3": 0.2, "c4": 0.3, "c5": 0.5, "c6": 0.6},
    )  # fmt: skip
    assert peer_report(base, new) == (
        "# SKILL EVALUATION REPORT\n\n"
        "## BASE MODEL (SCORE)\norg/granite (0/10.0)\n\n"
        "## MODEL (SCORE)\norg/granite (0/10.0)\n\n"
        "### IMPROVEMENTS (0.0 to 10.0):\n1. c1: 0.1 -> 0.2 (+0.1)\n2. c3: 0.1 -> 0.2 (+0.1)\n\n"
        "### REGRESSIONS (0.0 to 10.0):\n1. c2: 0.4 -> 0.3 (-0.1)\n2. c4: 0.4 -> 0.3 (-0.1)\n\n"
        "### NO CHANGE (0.0 to 10.0):\n1. c5 (0.5)\n\n"
        "### NEW (0.0 to 10.0):\n1. c6 (0.6)\n\n"
        "### ERROR RATE:\n0.46\n"
    )
