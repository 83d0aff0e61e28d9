"""TRL's preference rows with an explicit prompt: {"prompt", "chosen", "rejected"}.

Records come with the answers to one question together, so no more than one question's are held.
"""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from judging.core.verdicts import Verdict
from training_export.core.near_copies import similarity
from training_export.core.pairs import Judged, Pair, answer_pairs, correction_pairs, scored_pairs, voted_pair
from training_export.core.records import Destination, Record
from training_export.core.writers.base import COMPACT, Writer, WriterOptions, WrittenFile
from training_export.core.writers.training import Example, TrainingFiles

FIELDS = ("prompt", "chosen", "rejected")


def trl_preference_writer(folder: Path, options: WriterOptions) -> Writer:
    """Pairs."""
    return PreferenceWriter(TrainingFiles(folder, options, FIELDS), options.max_similarity)


class PreferenceWriter:
    """Gathers the answers to a question and writes their pairs."""

    def __init__(self, files: TrainingFiles, max_similarity: float) -> None:
        self._files = files
        self._max_similarity = max_similarity
        self._question = ""
        self._judged: dict[str, list[Judged]] = {}
        self._pairs = Counter({"corrections": 0, "answers": 0, "votes": 0})

    def write(self, record: Record, destination: Destination) -> None:
        """Keep the record until another question comes. Answers about different texts are never paired."""
        if record.turns_b and (pair := voted_pair(record)):
            self._write_pair(pair, "votes")
        if not isinstance(destination, Verdict):
            return
        question = record.turns[0].question
        if question != self._question:
            self._write_pairs()
            self._question = question
        self._judged.setdefault(record.corrected_context, []).append((record, destination))

    def checks(self) -> Mapping[str, Any]:
        """What the trainer's checks found, and what the pairs were made from."""
        return {"pairs_from": dict(self._pairs), **self._files.said()}

    def close(self) -> list[WrittenFile]:
        """Write the last question's pairs and finish the files."""
        self._write_pairs()
        return self._files.close()

    def _write_pairs(self) -> None:
        for judged in self._judged.values():
            for pair in correction_pairs(judged):
                self._write_pair(pair, "corrections")
            for pair in answer_pairs(judged):
                self._write_pair(pair, "answers")
            for pair in scored_pairs(judged):
                self._write_pair(pair, "scores")
        self._judged = {}

    def _write_pair(self, pair: Pair, made_from: str) -> None:
        if pair.sides_are_equal:
            self._files.checks.drop("equal_sides")
            return
        if self._max_similarity < 1 and similarity(pair.chosen, pair.rejected) > self._max_similarity:
            self._files.checks.drop("sides_too_alike")
            return
        texts = (pair.prompt, pair.chosen, pair.rejected)
        source = {
            "pair_from": made_from,
            "chosen": {"item": pair.chosen_from.key, "position": pair.chosen_from.position},
            "rejected": {"item": pair.rejected_from.key, "position": pair.rejected_from.position},
        }
        row = dict(zip(FIELDS, texts, strict=True))
        positions = (pair.chosen_from.position, pair.rejected_from.position)
        example = Example(row, texts, pair.prompt, COMPACT.encode(source)[1:-1], positions)
        self._pairs[made_from] += self._files.add(example)
