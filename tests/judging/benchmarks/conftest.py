"""Small benchmarks, and engines that play models."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from judging.engines.base import ChoiceReply, ChoiceRequest, EngineOptions, EngineReply, Request

MMLU = {
    "test/anatomy_test.csv": "Q1?,a,bb,ccc,dddd,A\nQ2?,aaa,b,cc,dddd,C\n",
    "test/virology_test.csv": "Q3?,aa,aa,cc,dd,A\n",
    "val/anatomy_val.csv": "V1?,a,bb,ccc,dddd,B\n",
    "dev/anatomy_dev.csv": "".join(f"Solved {n}?,w,x,y,z,D\n" for n in range(5)),
    "dev/virology_dev.csv": "".join(f"Known {n}?,w,x,y,z,B\n" for n in range(5)),
}
GRADER = "grader"
ELYZA = "input,output,eval_aspect\n" + "".join(f"課題{n},模範{n},観点{n}\n" for n in range(1, 7))


@pytest.fixture
def mmlu(tmp_path: Path) -> Path:
    """A folder as Hendrycks' data has it: three questions of two subjects."""
    for name, text in MMLU.items():
        path = tmp_path / "mmlu" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "mmlu"


@pytest.fixture
def elyza(tmp_path: Path) -> Path:
    """Six tasks in the form of ELYZA-tasks-100."""
    path = tmp_path / "elyza_tasks_100.csv"
    path.write_text(ELYZA)
    return path


class Player:
    """An engine for every model: chooses the letter that its model is called after, answers with its model's name,
    and grades with 4 where it is the grader. Remembers which models it was, and what they were asked."""

    def __init__(
        self,
        says: Callable[[EngineOptions, Request], EngineReply | str | None] | None = None,
        weighs: Callable[[str], float] | None = None,
    ) -> None:
        self.loaded: list[str] = []
        self.asked: list[tuple[str, Any]] = []
        self._says = says
        self.weighs = weighs

    def __call__(self, name: str, options: EngineOptions) -> Any:
        self.loaded.append(options.model)
        return Playing(self, options)

    def reply(self, options: EngineOptions, request: Request) -> EngineReply:
        said = self._says(options, request) if self._says else None
        if isinstance(said, EngineReply):
            return said
        text = "採点結果: 4" if options.model == GRADER else f"{options.model}: 4"
        return EngineReply(id=request.id, text=said or text, finish="stop", tokens=3)


class Playing:
    """The engine of one model."""

    def __init__(self, player: Player, options: EngineOptions) -> None:
        self._player, self._options = player, options

    def replies(self, requests: Iterable[Request]) -> Iterator[EngineReply]:
        for request in requests:
            self._player.asked.append((self._options.model, request))
            yield self._player.reply(self._options, request)

    def choices(self, requests: Iterable[ChoiceRequest]) -> Iterator[ChoiceReply]:
        for request in requests:
            self._player.asked.append((self._options.model, request))
            weighs = self._player.weighs or (lambda text: -float(text.strip() != self._options.model))
            values = tuple(weighs(text) for text in request.texts)
            yield ChoiceReply(id=request.id, loglikelihoods=values, tokens=50)

    def versions(self) -> dict[str, str]:
        return {"player": "1"}

    def close(self) -> None:
        """Nothing to free."""
