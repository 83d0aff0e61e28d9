"""How likely engines find given texts, with a tiny model, for real: the same in every engine, whatever is cached."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from judging.core.prompts import Prompt
from judging.core.verdicts import Reason
from judging.engines import ENGINES
from judging.engines.base import ChoiceReply, ChoiceRequest, Choosing, EngineOptions
from judging.engines.transformers_local import CHOICE_WINDOW
from tests.tiny_model import CONTEXT, CPU_ARGUMENTS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.vllm,
    pytest.mark.usefixtures("cpu_engine"),
    pytest.mark.filterwarnings("default"),
]
NAMES = ["vllm_offline", "transformers_local"]
LETTERS = (" A", " B", " C", " D")
BEGINNING = "The following are questions about 大阪.\n\n" + "def f(x): return x + 1\n" * 12
CLOSE = 1e-4


def engine(model: Path, name: str) -> Any:
    arguments = CPU_ARGUMENTS if name == "vllm_offline" else {"dtype": "float32"}
    return ENGINES[name](EngineOptions(model=str(model), arguments=arguments))


def request(number: int, text: str = "", texts: Sequence[str] = LETTERS, **options: Any) -> ChoiceRequest:
    prompt = Prompt(text=text or f"{BEGINNING}Question {number}: {'so ' * (number % 7)}\nAnswer:")
    return ChoiceRequest(id=(number, "", 0), prompts=(prompt,), texts=tuple(texts), **{"group": "all"} | options)


def choices(model: Path, name: str, requests: Sequence[ChoiceRequest]) -> dict[int, ChoiceReply]:
    made = engine(model, name)
    assert isinstance(made, Choosing)
    found = list(made.choices(iter(requests)))
    assert sorted(reply.id[0] for reply in found) == sorted(request.id[0] for request in requests)
    return {reply.id[0]: reply for reply in found}


def alone(model: Path, number: int, **options: Any) -> tuple[float, ...]:
    """A request by itself in transformers: nothing is shared with others, nothing is padded."""
    return choices(model, "transformers_local", [request(number, **options)])[number].loglikelihoods


@pytest.mark.parametrize("name", NAMES)
def test_letters_are_as_likely_as_when_each_question_is_asked_alone(tiny_model: Path, name: str) -> None:
    found = choices(tiny_model, name, [request(number) for number in range(40)])
    assert all(reply.single and len(reply.loglikelihoods) == 4 for reply in found.values())
    for number in (0, 3, 17, 39):
        assert found[number].loglikelihoods == pytest.approx(alone(tiny_model, number), abs=CLOSE)


@pytest.mark.parametrize("name", NAMES)
def test_what_questions_begin_with_is_computed_once(tiny_model: Path, name: str) -> None:
    found = choices(tiny_model, name, [request(number) for number in range(40)])
    tokens = sum(reply.tokens for reply in found.values())
    computed = sum(reply.computed for reply in found.values())
    assert computed < 0.5 * tokens


def test_a_group_that_goes_on_in_the_next_window_keeps_its_beginning(tiny_model: Path) -> None:
    found = choices(tiny_model, "transformers_local", [request(number) for number in range(CHOICE_WINDOW + 20)])
    later = [found[number] for number in range(CHOICE_WINDOW, CHOICE_WINDOW + 20)]
    assert all(reply.computed < 0.5 * reply.tokens for reply in later)
    for number in (CHOICE_WINDOW - 1, CHOICE_WINDOW, CHOICE_WINDOW + 13):
        assert found[number].loglikelihoods == pytest.approx(alone(tiny_model, number), abs=CLOSE)


def test_groups_that_begin_otherwise_do_not_share_what_is_kept(tiny_model: Path) -> None:
    texts = [f"{BEGINNING * (1 + number % 3)}Question {number}:\nAnswer:" for number in range(12)]
    asked = [request(number, text, group=str(number % 3)) for number, text in enumerate(texts)]
    asked.sort(key=lambda each: each.group)
    found = choices(tiny_model, "transformers_local", [*asked[8:], *asked[:8]])
    for number in (0, 1, 5, 11):
        one = alone(tiny_model, number, text=texts[number])
        assert found[number].loglikelihoods == pytest.approx(one, abs=CLOSE)


@pytest.mark.parametrize("name", NAMES)
def test_longer_texts_are_weighed_as_a_whole(tiny_model: Path, name: str) -> None:
    texts = (" in the north of the country", " in the south", " 大阪の東", " nowhere at all, as far as anybody knows")
    found = choices(tiny_model, name, [request(number, texts=texts) for number in range(6)])
    assert not found[2].single
    one = alone(tiny_model, 2, texts=texts)
    difference = [value - one[0] for value in one]
    assert [value - found[2].loglikelihoods[0] for value in found[2].loglikelihoods] == pytest.approx(
        difference, abs=10 * CLOSE
    )


def test_engines_agree(tiny_model: Path) -> None:
    requests = [request(number) for number in range(40)]
    one, other = (choices(tiny_model, name, requests) for name in NAMES)
    for number in one:
        assert one[number].loglikelihoods == pytest.approx(other[number].loglikelihoods, abs=CLOSE)


@pytest.mark.parametrize("name", NAMES)
def test_a_prompt_that_does_not_fit_loses_its_beginning_and_says_so(tiny_model: Path, name: str) -> None:
    long = "many words " * CONTEXT + "Answer:"
    found = choices(tiny_model, name, [request(1, long, longest=200), request(2)])
    assert found[1].tokens == 200
    assert found[1].cut > 0
    assert found[2].cut == 0
    assert found[2].loglikelihoods == pytest.approx(alone(tiny_model, 2), abs=CLOSE)


@pytest.mark.parametrize("name", NAMES)
def test_whole_shots_are_left_out_until_it_fits(tiny_model: Path, name: str) -> None:
    prompts = tuple(Prompt(text="shot " * 60 * count + "Answer:") for count in (5, 3, 1))
    asked = ChoiceRequest(id=(1, "", 0), prompts=prompts, texts=LETTERS, longest=400)
    reply = choices(tiny_model, name, [asked])[1]
    assert (reply.prompt, reply.cut) == (1, 0)
    assert reply.tokens <= 400


@pytest.mark.parametrize("name", NAMES)
def test_what_must_not_be_cut_fails_with_a_reason(tiny_model: Path, name: str) -> None:
    found = choices(tiny_model, name, [request(1, "word " * 400, longest=100, cut_left=False), request(2)])
    assert found[1].failure is not None
    assert found[1].failure.reason == Reason.PROMPT_TOO_LONG
    assert "at most 100" in found[1].failure.detail
    assert found[2].failure is None


@pytest.mark.parametrize("name", NAMES)
def test_a_chat_goes_through_the_models_template(tiny_model: Path, name: str) -> None:
    chat = Prompt(messages=(("system", "Choose."), ("user", "2 + 2?\nA. 3\nB. 4\nAnswer:")))
    asked = ChoiceRequest(id=(1, "", 0), prompts=(chat,), texts=("A", "B"))
    reply = choices(tiny_model, name, [asked])[1]
    turns = "<|im_start|>system\nChoose.<|im_end|>\n<|im_start|>user\n2 + 2?\nA. 3\nB. 4\nAnswer:<|im_end|>\n"
    written = f"{turns}<|im_start|>assistant\n"
    plain = choices(tiny_model, name, [request(1, written, texts=("A", "B"))])[1]
    assert reply.loglikelihoods == pytest.approx(plain.loglikelihoods, abs=CLOSE)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_to_go_on_from_is_an_outcome(tiny_model: Path, name: str) -> None:
    found = choices(tiny_model, name, [request(1, " \n"), request(2)])
    assert found[1].failure is not None
    assert found[1].failure.reason == Reason.REJECTED
    assert found[2].loglikelihoods
