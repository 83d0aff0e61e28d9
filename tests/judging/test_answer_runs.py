"""A candidate answers questions turn by turn, and its answers become items that can be judged."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from judging.actions.answer_items import store_answers
from judging.actions.answers import open_answer_run
from judging.actions.candidates import Candidate
from judging.actions.imports import InputFile, import_files
from judging.actions.runs import RunRefused, RunScope
from judging.actions.work import work_run
from judging.benchmarks.mt_bench.answering import Asking, temperature_for
from judging.core.verdicts import Reason, Unscored
from judging.engines.base import EngineOptions, EngineReply, Request
from judging.models import Dataset, Item, Judgment, Reply, Run

pytestmark = pytest.mark.django_db
CANDIDATE = Candidate(engine="openai_api", model="m1", base_url="http://127.0.0.1:9/v1")
QUESTIONS = [
    '{"question_id": 81, "category": "writing", "turns": ["Write.", "Rewrite."]}',
    '{"question_id": 111, "category": "math", "turns": ["3+4?", "Double it."], "reference": ["7", "14"]}',
    '{"question_id": 160, "category": "humanities", "turns": ["Who?", "Why?"], "required_temperature": 0.3}',
]


class Speaker:
    """Answers with the number of messages it saw, a few requests at a time and the last of them first."""

    def __init__(self, says: Callable[[Request], EngineReply | str | None] = lambda request: None) -> None:
        self.asked: dict[tuple[int, str], Request] = {}
        self._says = says

    def __call__(self, name: str, options: EngineOptions) -> Any:
        return self

    def replies(self, requests: Iterable[Request]) -> Iterator[EngineReply]:
        waiting: list[Request] = []
        for request in requests:
            self.asked[request.id[0], request.id[1]] = request
            waiting.append(request)
            if len(waiting) == 2:
                yield self._reply(waiting.pop())
        while waiting:
            yield self._reply(waiting.pop())

    def _reply(self, request: Request) -> EngineReply:
        said = self._says(request)
        if isinstance(said, EngineReply):
            return said
        text = f"{len(request.prompt.messages)} messages" if said is None else said
        return EngineReply(id=request.id, text=text, finish="stop", tokens=5)

    def versions(self) -> dict[str, str]:
        return {"speaker": "1"}

    def close(self) -> None:
        """Nothing to free."""


@pytest.fixture
def questions(tmp_path: Path) -> Dataset:
    (tmp_path / "question.jsonl").write_text("\n".join(QUESTIONS) + "\n")
    import_files("mt_bench", [InputFile(tmp_path / "question.jsonl")])
    return Dataset.objects.get(name="mt_bench")


def answered(questions: Dataset, speaker: Speaker, asking: Asking | None = None, **scope: Any) -> Run:
    run = open_answer_run(questions, CANDIDATE, asking or Asking(), scope=RunScope(**scope))
    work_run(run.pk, claimer="here", engine=speaker)
    run.refresh_from_db()
    return run


def test_the_second_turn_is_asked_with_the_first_answer(questions: Dataset) -> None:
    speaker = Speaker()
    run = answered(questions, speaker)
    assert run.state == Run.State.FINISHED
    math = questions.items.get(category="math")
    assert speaker.asked[math.pk, "turn_2"].prompt.messages == (
        ("user", "3+4?"),
        ("assistant", "1 messages"),
        ("user", "Double it."),
    )
    assert list(Reply.objects.filter(run=run, item=math).values_list("part", "text")) == [
        ("turn_1", "1 messages"),
        ("turn_2", "3 messages"),
    ]
    assert set(Judgment.objects.filter(run=run).values_list("value", "n_read")) == {("answered", 2)}


def test_every_question_has_the_temperature_of_its_category_or_its_own(questions: Dataset) -> None:
    speaker = Speaker()
    answered(questions, speaker)
    found = {request.item.category: request.sampling for request in speaker.asked.values()}
    assert {category: sampling["temperature"] for category, sampling in found.items()} == {
        "writing": 0.7, "math": 0.0, "humanities": 0.3,
    }  # fmt: skip
    assert found["math"]["max_tokens"] == 1024


@pytest.mark.parametrize(
    ("category", "required", "forced", "temperature"),
    [
        ("stem", None, None, 0.1), ("taxonomy", None, None, 0.7), ("math", 0.4, None, 0.4), ("math", None, 1.0, 1.0),
        ("writing", None, 0.0, 0.0), ("roleplay", 0.0, None, 0.0),
    ],
)  # fmt: skip
def test_forced_over_required_over_category(
    category: str, required: float | None, forced: float | None, temperature: float
) -> None:
    assert temperature_for(category, required, forced) == temperature


def test_two_temperatures_are_refused_before_anybody_is_asked(questions: Dataset) -> None:
    with pytest.raises(RunRefused, match=r"Item 3 .* asks for temperature 0\.3 .* and the run for 0\.0"):
        open_answer_run(questions, CANDIDATE, Asking(temperature=0.0), scope=RunScope())
    assert not Run.objects.exists()


@pytest.mark.parametrize("required", ["0.3", True, -1, [0.3]])
def test_a_temperature_that_is_none_is_refused(questions: Dataset, required: Any) -> None:
    item = questions.items.get(category="math")
    item.extra = {"required_temperature": required}
    item.save()
    with pytest.raises(RunRefused, match=r"Item 2 .* Write a number from 0"):
        open_answer_run(questions, CANDIDATE, Asking(), scope=RunScope())


def test_forced_and_required_contradict_each_other() -> None:
    with pytest.raises(ValueError, match=r"asks for temperature 0\.3 and the run for 1"):
        temperature_for("math", 0.3, 1.0)


def test_no_system_message_unless_the_run_has_one() -> None:
    assert Asking().messages(["Q"], []) == (("user", "Q"),)
    assert Asking(system="S").messages(["Q"], []) == (("system", "S"), ("user", "Q"))
    assert Asking(system="S", merged=True).messages(["Q", "R"], ["A"]) == (
        ("user", "S\nQ"),
        ("assistant", "A"),
        ("user", "R"),
    )


def test_a_failed_turn_is_a_state_and_never_text(questions: Dataset) -> None:
    def failing(request: Request) -> EngineReply | None:
        if request.item.category != "math":
            return None
        return EngineReply(id=request.id, failure=Unscored(Reason.SERVER_ERROR, "The server said 500."))

    speaker = Speaker(failing)
    run = answered(questions, speaker)
    math = questions.items.get(category="math")
    assert (math.pk, "turn_2") not in speaker.asked
    assert Judgment.objects.get(run=run, item=math).reason == "server_error"
    item = store_answers(run).items.get(category="math")
    assert (item.answer_state, item.answer_reason, item.answer) == ("failed", "server_error", "")


def test_an_empty_answer_is_none(questions: Dataset) -> None:
    run = answered(questions, Speaker(lambda request: " \n" if request.id[1] == "turn_2" else None))
    assert set(Judgment.objects.filter(run=run).values_list("reason", "n_read")) == {("empty", 1)}


def test_answers_become_items_beside_each_other(questions: Dataset) -> None:
    first, second = answered(questions, Speaker()), answered(questions, Speaker())
    dataset = store_answers(first)
    assert store_answers(second) == dataset
    assert store_answers(first) == dataset
    second.refresh_from_db()
    assert dataset.name == "mt_bench answers"
    assert list(dataset.items.values_list("position", flat=True)) == [1, 2, 3, 4, 5, 6]
    assert second.snapshot["answers"] == {"dataset": dataset.pk, "first": 4, "last": 6}
    item: Item = dataset.items.get(position=5)
    assert item.model == "m1"
    assert item.turns[1] == {"question": "Double it.", "answer": "3 messages", "reference": "14"}
    assert item.question_key == questions.items.get(position=2).question_key
    assert item.extra["question"] == questions.items.get(position=2).key


def test_the_unfinished_run_of_the_same_rules_goes_on(questions: Dataset) -> None:
    run = open_answer_run(questions, CANDIDATE, Asking(), scope=RunScope())
    assert open_answer_run(questions, CANDIDATE, Asking(), scope=RunScope()) == run
    assert open_answer_run(questions, CANDIDATE, Asking(system="S"), scope=RunScope()) != run
    assert open_answer_run(questions, CANDIDATE, Asking(), scope=RunScope(limit=1)) != run


def test_answers_of_an_unfinished_run_are_refused(questions: Dataset) -> None:
    run = open_answer_run(questions, CANDIDATE, Asking(), scope=RunScope())
    with pytest.raises(RunRefused, match="it is a generate run and pending"):
        store_answers(run)
    assert not Dataset.objects.filter(name="mt_bench answers").exists()
