"""Rubric and item -> what is sent to the engine."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A chat (`messages` as (role, content); the last one `assistant` where the reply is begun) or raw `text`."""

    messages: tuple[tuple[str, str], ...] = ()
    text: str = ""
