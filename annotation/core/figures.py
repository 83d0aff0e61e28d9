"""How numbers are printed: once, so that command, page and file show the same digits."""

from annotation.core.intervals import Statistic, Undefined

NOT_AVAILABLE = "n/a"


def figure(statistic: Statistic) -> str:
    """The value with six decimals, or n/a."""
    return NOT_AVAILABLE if isinstance(statistic, Undefined) else f"{statistic.value:.6f}"


def interval(statistic: Statistic) -> str:
    """The interval with four decimals; empty where there is no value."""
    return "" if isinstance(statistic, Undefined) else f"{statistic.low:.4f} to {statistic.high:.4f}"


def reason(statistic: Statistic) -> str:
    """Why there is no value; empty where there is one."""
    return statistic.reason if isinstance(statistic, Undefined) else ""


def percentage(part: int, whole: int) -> str:
    """A share in percent with six decimals, or n/a of nothing."""
    return f"{part / whole * 100:.6f} %" if whole else NOT_AVAILABLE


def share_line(name: str, part: int, whole: int) -> str:
    """`clean QA: 208 / 406 (51.231527 %)`"""
    return f"{name} QA: {part} / {whole} ({percentage(part, whole)})"
