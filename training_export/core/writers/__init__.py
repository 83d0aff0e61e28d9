"""The formats that can leave: one file each, and one line here."""

from training_export.core.records import Need
from training_export.core.writers.base import (
    NOTHING_ASKED,
    Format,
    TrainingOptions,
    Writer,
    WriterOptions,
    WrittenFile,
    training_options,
)
from training_export.core.writers.chat import chat_writer
from training_export.core.writers.fastchat import fastchat_writer
from training_export.core.writers.hf_dataset import hf_dataset_writer
from training_export.core.writers.label_studio import label_studio_writer
from training_export.core.writers.labels import labels_writer
from training_export.core.writers.mdk import mdk_writer
from training_export.core.writers.mdk_gold import mdk_gold_writer
from training_export.core.writers.parquet import parquet_writer
from training_export.core.writers.promptfoo import promptfoo_writer
from training_export.core.writers.promptfoo_csv import promptfoo_csv_writer
from training_export.core.writers.qa_jsonl import NAMES, qa_jsonl_writer
from training_export.core.writers.text import text_writer
from training_export.core.writers.trl_preference import trl_preference_writer
from training_export.core.writers.trl_prompt_completion import trl_prompt_completion_writer
from training_export.core.writers.trl_unpaired import trl_unpaired_writer

WRITERS: dict[str, Format] = {
    "mdk": Format(mdk_writer, frozenset({Need.CONTEXT, Need.EXTRA, Need.JUDGE, Need.REPLIES})),
    "qa_jsonl": Format(qa_jsonl_writer, frozenset({Need.CONTEXT, Need.EXTRA}), json_without=NAMES),
    "parquet": Format(parquet_writer, frozenset({Need.CONTEXT, Need.EXTRA})),
    "hf_dataset": Format(hf_dataset_writer, frozenset({Need.CONTEXT, Need.EXTRA}), for_training=True),
    "trl_prompt_completion": Format(trl_prompt_completion_writer, for_training=True),
    "trl_preference": Format(
        trl_preference_writer, frozenset({Need.CONTEXT, Need.PAIRS}), for_training=True, by_question=True
    ),
    "trl_unpaired": Format(trl_unpaired_writer, for_training=True),
    "chat": Format(chat_writer, frozenset({Need.EXTRA}), for_training=True, many_turns=True),
    "text": Format(text_writer, for_training=True),
    "mdk_gold": Format(mdk_gold_writer, frozenset({Need.CONTEXT, Need.EXTRA, Need.REPLIES}), people_only=True),
    "promptfoo_csv": Format(promptfoo_csv_writer),
    "promptfoo": Format(
        promptfoo_writer, frozenset({Need.CONTEXT, Need.EXTRA, Need.LABELS, Need.JUDGED}), by_verdict=False
    ),
    "fastchat": Format(
        fastchat_writer,
        frozenset({Need.EXTRA, Need.PAIRS, Need.JUDGED, Need.LABELS}),
        by_question=True,
        many_turns=True,
        by_verdict=False,
    ),
    "label_studio": Format(
        label_studio_writer, frozenset({Need.CONTEXT, Need.EXTRA, Need.LABELS, Need.PAIRS}), by_verdict=False
    ),
    "labels": Format(labels_writer, frozenset({Need.LABELS}), many_turns=True, by_verdict=False),
}

__all__ = [
    "NOTHING_ASKED",
    "WRITERS",
    "Format",
    "TrainingOptions",
    "Writer",
    "WriterOptions",
    "WrittenFile",
    "training_options",
]
