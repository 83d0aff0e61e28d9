"""A tiny model with random weights and a tokenizer of its own, for tests that run an engine for real.

What it says is nonsense, but it is the same nonsense on every machine: two layers, 4,096 tokens, a chat template.
Made in a few seconds, from text that every machine with Python has: python -m tests.tiny_model FOLDER [SEED].
"""

import random
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

CPU_ENVIRONMENT = {
    "VLLM_ENABLE_V1_MULTIPROCESSING": "0",
    "VLLM_CPU_KVCACHE_SPACE": "1",
    "VLLM_NO_USAGE_STATS": "1",
    "VLLM_LOGGING_LEVEL": "WARNING",
    "DO_NOT_TRACK": "1",
    "HF_HUB_OFFLINE": "1",
    "OMP_NUM_THREADS": "2",
}
"""vLLM in one process on the CPU, which loads in seconds and asks nobody on the network."""

CPU_ARGUMENTS = {"enforce_eager": True, "max_num_seqs": 16, "dtype": "float32"}
"""Of vllm.LLM, for the same."""

CONTEXT = 1024
VOCABULARY = 4096
START, END, PAD = "<|im_start|>", "<|im_end|>", "<|endoftext|>"
TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}"
    "{% if not (loop.last and continue_final_message) %}<|im_end|>\n{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
WHO = ["私", "先生", "研究者", "大阪の会社", "審査員", "モデル", "注釈者"]
WHAT = ["論文", "評価", "質問", "回答", "データ", "翻訳", "試験", "採点結果"]
DOES = ["書きました", "読みます", "採点します", "比較しています", "確認してください", "評価しました"]


def corpus() -> Iterator[str]:
    """Lines of Python's own library, and made-up Japanese sentences."""
    for file in sorted(Path(sysconfig.get_path("stdlib")).glob("*.py"))[:60]:
        yield from file.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
    draw = random.Random(0)
    for _ in range(20_000):
        yield f"{draw.choice(WHO)}は{draw.choice(WHAT)}を{draw.choice(DOES)}。評価: {draw.randint(1, 10)}点\n"


def make_tokenizer(folder: Path) -> int:
    """Train a byte-level tokenizer and store it; the number of its tokens."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=[PAD, START, END],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(corpus(), trainer)
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token=END, pad_token=PAD, additional_special_tokens=[START]
    )
    fast.chat_template = TEMPLATE
    fast.save_pretrained(folder)
    return len(fast)


def make_model(folder: Path, *, seed: int = 0, context: int = CONTEXT) -> Path:
    """Store a model with its tokenizer in the folder."""
    import torch
    from transformers import GenerationConfig, Qwen2Config, Qwen2ForCausalLM

    torch.manual_seed(seed)
    config = Qwen2Config(
        vocab_size=make_tokenizer(folder),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=2,
        max_position_embeddings=context,
        tie_word_embeddings=True,
        # Wide enough that the next token is not a matter of rounding.
        initializer_range=0.2,
        bos_token_id=None,
        eos_token_id=2,
        pad_token_id=0,
    )
    Qwen2ForCausalLM(config).to(torch.float32).save_pretrained(folder)
    GenerationConfig(eos_token_id=2, pad_token_id=0, do_sample=False).save_pretrained(folder)
    return folder


if __name__ == "__main__":
    made = make_model(Path(sys.argv[1]), seed=int(sys.argv[2]) if len(sys.argv) > 2 else 0)
    print(made)
