"""The system message of a candidate: none, one's own, or what instructlab-eval would give a model of this name.

Its adapters look for a word in the model's name and give every name that they do not know the message of an IBM model.
That is a foreign identity for most models, so it is never the default here and exists to have its numbers again. The
four messages are those of instructlab-eval (Apache-2.0).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

NONE, OWN, PEER = "none", "own", "instructlab"
POLICIES = (NONE, OWN, PEER)
CAUTIOUS = (
    "You are a cautious assistant. You carefully follow instructions. You are helpful and harmless and you follow "
    "ethical guidelines and promote positive behavior."
)
GREETING = (
    " You always respond to greetings (for example, hi, hello, g'day, morning, afternoon, evening, night, what's up, "
    'nice to meet you, sup, etc) with "Hello! I am Labrador, created by the IBM DMF Alignment Team. How can I help you '
    'today?". Please do not say anything else and do not start a conversation.'
)
MESSAGES: Mapping[str, str] = {
    "mistral": "",
    "labrador-chat": (
        "You are Labrador, an AI language model developed by IBM DMF (Data Model Factory) Alignment Team. "
        + CAUTIOUS
        + GREETING
    ),
    "ibm-generic": f"You are an AI language model developed by IBM Research. {CAUTIOUS}",
    "granite-chat": f"You are Granite Chat, an AI language model developed by IBM. {CAUTIOUS}",
    "chatgpt": "You are a helpful assistant.",
}
OTHER_GRANITES = ("granite-old", "granite-chat", "granite-code")


def _is_granite(name: str) -> bool:
    return "granite" in name and not any(other in name for other in OTHER_GRANITES)


def _is_labrador(name: str) -> bool:
    return "granite-chat" in name or ("labrador" in name and "labradorite" not in name)


ADAPTERS: tuple[tuple[Callable[[str], bool], str], ...] = (
    (lambda name: any(word in name for word in ("mistral", "mixtral", "prometheus")), "mistral"),
    (lambda name: "labradorite" in name, "labrador-chat"),
    (lambda name: "merlinite" in name, "ibm-generic"),
    (_is_granite, "ibm-generic"),
    (_is_labrador, "granite-chat"),
)
"""In the order in which they are asked."""

CANDIDATE_DEFAULT, JUDGE_DEFAULT = "granite", "mixtral"


@dataclass(frozen=True, slots=True)
class System:
    """The message, '' for none, and whether it becomes the beginning of the first question."""

    message: str = ""
    merged: bool = False


def system_for(policy: str, model: str, *, own: str = "", merged: bool = False) -> System:
    """What a candidate is told first. ValueError for a policy that there is not, or one's own without a message."""
    if policy == NONE:
        return System()
    if policy == PEER:
        template = peer_template(model, CANDIDATE_DEFAULT)
        return System(MESSAGES[template], merged or template == "mistral")
    if policy != OWN:
        raise ValueError(f"The system message is one of {', '.join(POLICIES)}, not {policy!r}.")
    if not own.strip():
        raise ValueError("The run is to have a system message of its own, and there is none. Write it, or choose none.")
    return System(own, merged)


def peer_template(model: str, default: str) -> str:
    """The conversation template that instructlab-eval takes for a model. ValueError where it knows neither name."""
    base = PurePosixPath(model).name if model else "."
    for name in (base, model, default):
        if found := _template_of(name):
            return found
    raise ValueError(f"instructlab-eval has no adapter for {model or 'a model without a name'} nor for {default!r}.")


def _template_of(name: str) -> str:
    if name == "gpt-4":
        return "chatgpt"
    return next((template for fits, template in ADAPTERS if fits(name.lower())), "")
