"""Names of the document as a reader meets them."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from annotation.reports.titles import METHODS, OF_A_VALUE, STATISTICS
from annotation.reports.titles import statistic_title as printed_title
from judging.pages.words import verdict_word

MORE_STATISTICS: dict[str, Promise] = {
    "standard_difference": _("Standardised difference of means"),
    "consistency": _("Same vote in both orders"),
    "position_bias": _("Bias of the place: first less second"),
    "primacy": _("The first shown wins twice"),
    "recency": _("The second shown wins twice"),
    "ties": _("Ties"),
    "agreement_all": _("Agreement, all votes"),
    "agreement_without_ties": _("Agreement without ties"),
    "bias_length": _("Log odds of clean when twice as long"),
    "bias_pair_length": _("Log odds of winning when twice as long"),
    "bias_order": _("Order: first shown less second"),
    "bias_self_preference": _("Leniency to its own model less that to others"),
    "post_stratified": _("Corrected (post-stratified)"),
    "raw": _("As the judge says"),
    "rogan_gladen": _("Corrected by Rogan and Gladen"),
    "ppi": _("Corrected by prediction-powered inference"),
    "ppi_plus": _("Corrected by PPI++"),
}
LEVELS: dict[str, Promise] = {
    "nominal": _("nominal"),
    "ordinal": _("ordinal"),
    "interval": _("interval"),
    "ratio": _("ratio"),
}
HOW: dict[str, Promise] = {
    "all": _("all items"),
    "random": _("chosen at random"),
    "stratified": _("chosen by strata"),
    "disagreement": _("chosen for disagreement"),
    "hand": _("picked by hand"),
    "check": _("known answers"),
}
STRATA: dict[str, Promise] = {
    "verdict": _("as many of each word of the judge"),
    "category": _("as many of each category"),
    "model": _("as many of each model"),
}
SLICES: dict[str, Promise] = {
    "category": _("category"),
    "model": _("model"),
    "language": _("language"),
    "question_length": _("length of the question"),
    "answer_length": _("length of the answer"),
}
GATE: dict[str, Promise] = {
    "difference": _("Lower bound of the difference to two people"),
    "balanced_accuracy": _("Balanced accuracy"),
    "invalid_rate": _("Share of invalid judgments"),
    "invalid": _("Share of invalid judgments"),
    "consistency": _("Consistency over both orders"),
    "omega": _("Share of people beaten (alternative annotator test)"),
}
TABLES: dict[str, Promise] = {
    "patterns": _("Items by how many labels say what"),
    "judge_patterns": _("The same beside each judge's word"),
    "judge_human": _("Items by the judge's and people's value"),
    "pairs": _("Items by the values of every two people"),
}


MORE_METHODS: dict[str, Promise] = {
    "post_stratified": _("post-stratified"),
    "rogan_gladen_lee": _("Lee et al."),
    "ppi": _("prediction-powered"),
    "ppi_plus": _("PPI++"),
    "ppi_plus_plus": _("PPI++"),
    "design_weighted": _("weighted by 1 / chance"),
    "stratified": _("by strata"),
    "newcombe": _("Newcombe"),
    "likelihood": _("likelihood"),
}


def method_title(name: str) -> str:
    """How an interval was made."""
    return str((METHODS | MORE_METHODS).get(name, name))


def statistic_title(name: str) -> str:
    """Title of a statistic, as the command prints it where the command prints it."""
    if name in MORE_STATISTICS:
        return str(MORE_STATISTICS[name])
    if name not in STATISTICS and name.startswith(OF_A_VALUE):
        return printed_title(OF_A_VALUE + verdict_word(name.removeprefix(OF_A_VALUE)))
    return printed_title(name)


def level_word(level: str) -> str:
    """What the values of a scale are."""
    return str(LEVELS.get(level, level))


def how_title(name: str) -> str:
    """How items were chosen."""
    return str(HOW.get(name, name))


def strata_title(name: str) -> str:
    """How a draw by strata divides the items."""
    return str(STRATA.get(name, name))


def slice_title(name: str) -> str:
    """By what items are cut into slices."""
    return str(SLICES.get(name, name))


def gate_title(name: str) -> str:
    """A condition that a judge has to meet."""
    return str(GATE.get(name, name))


def table_title(name: str) -> str:
    """A table of counts."""
    return str(TABLES.get(name, name))
