"""A context and the texts that may follow it, as tokens: what is computed once, and what tells them apart.

Which text a model finds most likely is asked with the tokens that lm-eval sends: white space at the end of the context
belongs to what follows, and a text's tokens are those that the two together have behind the context's own. All that
the texts have in common there is computed once, and adds the same to each of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

Encode = Callable[[str], list[int]]
"""A text's tokens, with the special ones that begin it."""


@dataclass(frozen=True, slots=True)
class Continuations:
    """`shared`: tokens computed once, at least one; `tails`: what is left of each text, at least one token.

    `cut`: tokens that were taken from the beginning because there were more than the model takes.
    """

    shared: tuple[int, ...]
    tails: tuple[tuple[int, ...], ...]
    cut: int = 0

    @property
    def single(self) -> bool:
        """Whether one look at the end of what is shared tells all of them apart."""
        return all(len(tail) == 1 for tail in self.tails)

    @property
    def longest(self) -> int:
        """Tokens that a model reads at most: nothing is asked behind the last one of a text."""
        return len(self.shared) + max(len(tail) for tail in self.tails) - 1

    def cut_to(self, room: int) -> "Continuations":
        """Without as many tokens of the beginning as do not fit; ValueError where not even the texts do."""
        over = max(0, self.longest - room)
        if over >= len(self.shared):
            raise ValueError(f"The texts alone have more tokens than the {room:,} that the model takes.")
        return replace(self, shared=self.shared[over:], cut=self.cut + over)


def continuations(encode: Encode, context: str, texts: Sequence[str]) -> Continuations:
    """The tokens of a context and of each text behind it."""
    bare = context.rstrip()
    if not bare:
        raise ValueError("There is no context to go on from.")
    begun = encode(bare)
    whole = [[*begun, *encode(context + text)[len(begun) :]] for text in texts]
    if any(len(tokens) == len(begun) for tokens in whole):
        raise ValueError("A text has no tokens behind its context.")
    same = common_length(whole)
    shared = min(same, min(len(tokens) for tokens in whole) - 1)
    return Continuations(tuple(whole[0][:shared]), tuple(tuple(tokens[shared:]) for tokens in whole))


def common_length(rows: Sequence[list[int]] | Sequence[tuple[int, ...]]) -> int:
    """How many tokens all rows begin with alike; 0 for no rows."""
    if not rows:
        return 0
    # The first and the last in order differ at least as early as any two of them.
    low, high = min(rows), max(rows)
    return next((place for place, pair in enumerate(zip(low, high, strict=False)) if pair[0] != pair[1]), len(low))
