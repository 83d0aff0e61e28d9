"""An engine without a model: its replies come from a list, a mapping, a function, or from fixed rules.

For demonstrations and tests. Made from EngineOptions it grades by rules that depend on the item's text alone, so that
the same item always gets the same reply, on every machine.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import cycle
from unicodedata import normalize

from judging.core.items import ItemText
from judging.core.prompts import judged_turn
from judging.engines.base import (
    ChoiceReply,
    ChoiceRequest,
    EngineError,
    EngineOptions,
    EngineReply,
    Request,
    RequestId,
)

Answer = str | EngineReply
Script = Mapping[RequestId, Answer] | Sequence[Answer] | Callable[[Request], Answer]

SLIP = 8
"""One reply in so many is turned round by the built-in rules, so that a demonstration has something to disagree on."""


NEAR = 32
"""Draws that differ by less are a tie."""

RATING = "[[rating]]"
"""A prompt that says so wants a number from 1 to 10 between double brackets."""

PAIR = "[[A]]"
"""A prompt that says so wants to know which of two answers is better."""

QUESTIONS = "[QUESTION]"
"""A prompt that says so wants questions with choices, made of a passage."""

ALIKE = 0.5
"""The share of a reference's pairs of characters that an answer must hold."""


class ScriptedEngine:
    """Replies from a script: a mapping by request id, a sequence (used round and round), or a function.

    `model`: what it plays, so that two models choose differently.
    """

    def __init__(self, script: Script, model: str = "") -> None:
        self._answer, self._model = _answering(script), model

    def replies(self, requests: Iterable[Request]) -> Iterator[EngineReply]:
        """One outcome per request, in their order."""
        for request in requests:
            answer = self._answer(request)
            if isinstance(answer, EngineReply):
                yield answer
            else:
                yield EngineReply(id=request.id, text=answer, finish="stop", tokens=len(answer), ms=0)

    def choices(self, requests: Iterable[ChoiceRequest]) -> Iterator[ChoiceReply]:
        """One outcome per request, in their order: likelihoods that depend on model, prompt and texts alone."""
        for request in requests:
            written = (self._model + repr(request.prompts[0])).encode()
            draws = [sha256(written + text.encode()).digest()[0] for text in request.texts]
            values = tuple(-draw / 64 for draw in draws)
            yield ChoiceReply(id=request.id, loglikelihoods=values, tokens=len(written), computed=len(written), ms=0)

    def versions(self) -> dict[str, str]:
        """The version of the built-in rules."""
        return {"scripted": "1"}

    def close(self) -> None:
        """Nothing to free."""


def scripted_engine(options: EngineOptions) -> ScriptedEngine:
    """The engine that runs name: rules of the judge's sampling, else the built-in ones.

    `sampling["rules"]`: [{"contains": text, "reply": text}], tried in order on question and answer; a rule without
    `contains` always fits.
    """
    rules = _checked(options.sampling.get("rules") or [])

    def answer(request: Request) -> str:
        return _ruled(rules, request.item) or _built_in(request)

    return ScriptedEngine(answer, options.model)


def _checked(rules: object) -> list[dict[str, str]]:
    """The rules, if they are such a list."""
    if not isinstance(rules, list) or not all(map(_is_rule, rules)):
        raise EngineError(
            'The rules of the engine scripted are a list of {"contains": text, "reply": text}; mend the sampling.'
        )
    return rules


def _is_rule(rule: object) -> bool:
    return isinstance(rule, dict) and "reply" in rule and all(isinstance(text, str) for text in rule.values())


def _answering(script: Script) -> Callable[[Request], Answer]:
    if callable(script):
        return script
    if isinstance(script, Mapping):
        by_id = script
        return lambda request: by_id[request.id]
    turns = cycle(script)
    return lambda request: next(turns)


def _ruled(rules: Sequence[Mapping[str, str]], item: ItemText) -> str | None:
    text = "\n".join(f"{turn.question}\n{turn.answer}" for turn in item.turns)
    return next((rule["reply"] for rule in rules if rule.get("contains", "") in text), None)


def _built_in(request: Request) -> str:
    """Clean where the answer is much like the reference (without one: half of the texts), with a slip now and then."""
    if QUESTIONS in _asked(request):
        return _questions(request.item.context)
    turn = judged_turn(request.item, request.id[1])
    draw = sha256(f"{turn.question}\x1f{turn.answer}".encode()).digest()
    agrees = _alike(turn.answer, turn.reference) if turn.reference else draw[0] % 2 == 0
    clean = agrees != (draw[1] % SLIP == 0)
    if PAIR in _asked(request):
        return f"Compared by fixed rules, not by a model. {_better(request)}"
    if RATING in _asked(request):
        return f"Graded by fixed rules, not by a model. Rating: [[{8 + draw[2] % 3 if clean else 1 + draw[2] % 6}]]"
    word = {"verdict": "clean", "score": 4 + draw[2] % 2} if clean else {"verdict": "wrong", "score": 1 + draw[2] % 3}
    return json.dumps({"reason": "Graded by fixed rules, not by a model."} | word)


def _questions(passage: str) -> str:
    """Two questions whose choices are words of a passage, as far as it has enough of them."""
    words = list(dict.fromkeys(word for word in re.findall(r"\w+", passage) if len(word) > 3))
    fours = [words[start : start + 4] for start in (0, 4) if len(words) >= start + 4]
    blocks = [
        "\n".join([
            QUESTIONS,
            f"Which of these comes first: {', '.join(sorted(four))}?",
            *(f"{letter}) {word}" for letter, word in zip("ABCD", four, strict=True)),
            f"[ANSWER]\nA) {four[0]}\n[END]",
        ])
        for four in fours
    ]  # fmt: skip
    return "\n\n".join(blocks)


def _better(request: Request) -> str:
    """The answer of the higher draw; close ones are a tie, and now and then whichever is shown first wins."""
    part = request.id[1].rpartition("_")
    sides = [judged_turn(item, part[0]) for item in (request.item, request.item.turned_round())]
    shown = sides if part[2] == "ab" else sides[::-1]
    first, second = (sha256(f"{turn.question}\x1f{turn.answer}".encode()).digest() for turn in shown)
    if first == second or abs(first[0] - second[0]) < NEAR:
        return "[[C]]"
    if (first[1] ^ second[1]) % SLIP == 0:
        return "[[A]]"
    return "[[A]]" if first[0] > second[0] else "[[B]]"


def _asked(request: Request) -> str:
    """All that a prompt says."""
    prompt = request.prompt
    return prompt.text + "\n".join(text for _, text in prompt.messages)


def _alike(answer: str, reference: str) -> bool:
    """Whether the answer holds most pairs of neighbouring characters of the reference."""
    said, known = _pairs(answer), _pairs(reference)
    return len(said & known) >= ALIKE * len(known)


def _pairs(text: str) -> set[str]:
    letters = "".join(normalize("NFKC", text).casefold().split())
    return {letters[place : place + 2] for place in range(max(1, len(letters) - 1))}
