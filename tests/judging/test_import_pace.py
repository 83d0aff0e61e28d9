"""How many rows an import stores at once."""

from collections.abc import Iterator
from pathlib import Path

from judging.actions.imports import InputFile, KeyedRow, Source
from judging.actions.imports.pace import BATCH, BATCH_CHARACTERS, HELD_SECONDS, MOST_ROWS, Pace, batches
from judging.core.items import ImportedReply, ItemRow, Turn
from judging.core.verdicts import Scored

SOURCE = Source(InputFile(Path("a.jsonl")), "qa_jsonl", "")


def keyed(rows: int, question: str = "q", **fields: object) -> Iterator[KeyedRow]:
    row = ItemRow(line=1, turns=(Turn(question),), **fields)  # type: ignore[arg-type]
    return (KeyedRow(SOURCE, row, str(number), "") for number in range(rows))


def sizes(rows: Iterator[KeyedRow], pace: Pace | None = None) -> list[int]:
    return [len(batch) for batch in batches(rows, pace or Pace())]


def test_the_first_batch_is_small_and_nothing_is_left_over() -> None:
    assert sizes(keyed(2 * BATCH + 5)) == [BATCH, BATCH, 5]
    assert sizes(keyed(0)) == []


def test_where_storing_is_fast_batches_double_up_to_a_limit() -> None:
    pace = Pace()
    found = []
    for batch in batches(keyed(15 * BATCH + MOST_ROWS + 1), pace):
        found.append(len(batch))
        with pace.stored(len(batch)):
            pass
    assert found == [BATCH, 2 * BATCH, 4 * BATCH, MOST_ROWS, MOST_ROWS, 1]


def test_where_storing_is_slow_batches_become_small_again() -> None:
    pace = Pace(iter([0.0, HELD_SECONDS / 1.5, 100.0, 100 + 10 * HELD_SECONDS]).__next__)
    with pace.stored(BATCH):
        pass
    assert pace.rows == 1.5 * BATCH
    with pace.stored(pace.rows):
        pass
    assert pace.rows == BATCH


def test_long_texts_replies_and_unknown_keys_end_a_batch() -> None:
    long = "x" * (BATCH_CHARACTERS // 4 + 1)
    assert sizes(keyed(5, long)) == [4, 1]
    assert sizes(keyed(5, extra={"log": long})) == [4, 1]
    assert sizes(keyed(5, replies=(ImportedReply(long, Scored("3", 3)),))) == [4, 1]
