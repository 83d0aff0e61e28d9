"""Prompts as tokens, for engines that hold the model themselves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jinja2 import TemplateError

from judging.core.prompts import Prompt
from judging.core.verdicts import Reason, Unscored
from judging.engines.base import EngineError


class NotSent(ValueError):
    """A prompt that the model cannot be given; `outcome` is what to store instead of a reply."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.outcome = Unscored(reason, detail)


@dataclass(frozen=True)
class PromptTokens:
    """A tokenizer, and the most tokens that prompt and reply may have together."""

    tokenizer: Any
    longest: int
    template_options: Mapping[str, Any] = field(default_factory=dict)

    def of(self, prompt: Prompt) -> list[int]:
        """The tokens to send; NotSent for a prompt that is empty, refused by the chat template, or too long."""
        tokens = self._chat(prompt) if prompt.messages else self._raw(prompt)
        if len(tokens) >= self.longest:
            raise NotSent(
                Reason.PROMPT_TOO_LONG,
                f"The prompt has {len(tokens):,} tokens; the engine takes {self.longest:,} with the reply.",
            )
        return tokens

    def _raw(self, prompt: Prompt) -> list[int]:
        if not prompt.text:
            raise NotSent(Reason.REJECTED, "The rubric has no prompt to send.")
        return list(self.tokenizer(prompt.text)["input_ids"])

    def _chat(self, prompt: Prompt) -> list[int]:
        # The template has written the special tokens already.
        return list(self.tokenizer(self.written(prompt), add_special_tokens=False)["input_ids"])

    def written(self, prompt: Prompt) -> str:
        """A prompt as one text, a chat by the model's template."""
        if not prompt.messages:
            return prompt.text
        if not self.tokenizer.chat_template:
            raise EngineError("The model has no chat template: use a rubric with a raw prompt.")
        begun = prompt.messages[-1][0] == "assistant"
        messages = [{"role": role, "content": content} for role, content in prompt.messages]
        options = {"add_generation_prompt": not begun, "continue_final_message": begun, **self.template_options}
        try:
            return str(self.tokenizer.apply_chat_template(messages, tokenize=False, **options))
        except (TemplateError, ValueError) as error:
            raise NotSent(Reason.REJECTED, f"The model's chat template refuses the prompt: {error}") from error
