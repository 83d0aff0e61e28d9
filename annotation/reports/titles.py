"""Names of numbers as people read them."""

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

OF_A_VALUE = "specific_agreement_"

STATISTICS: dict[str, Promise] = {
    "percent_agreement": _("Percent agreement"),
    "krippendorff_alpha": _("Krippendorff's alpha"),
    "gwet_ac1": _("Gwet's AC1"),
    "gwet_ac2": _("Gwet's AC2"),
    "fleiss_kappa": _("Fleiss' kappa"),
    "scott_pi": _("Scott's pi"),
    "brennan_prediger": _("Brennan-Prediger"),
    "mean_pairwise_kappa": _("Mean kappa of pairs"),
    "cohen_kappa": _("Cohen's kappa"),
    "weighted_kappa": _("Cohen's kappa, linear weights"),
    "mae": _("Mean absolute difference"),
    "bias": _("Bias"),
    "rmse": _("Root mean square difference"),
    "exact": _("Same value"),
    "within_one": _("At most one apart"),
    "pearson": _("Pearson's correlation"),
    "spearman": _("Spearman's correlation"),
    "kendall_tau_b": _("Kendall's tau-b"),
    "quadratic_kappa": _("Cohen's kappa, quadratic weights"),
    "icc": _("ICC(1)"),
    "ceiling": _("Ceiling of correlation"),
    "mcc": _("Matthews' correlation"),
    "specificity": _("Specificity"),
    "balanced_accuracy": _("Balanced accuracy"),
    "specific_agreement_clean": _("Agreement on clean"),
    "specific_agreement_wrong": _("Agreement on wrong"),
    "judge_agreement": _("Judge with a random person"),
    "human_agreement": _("Two random people"),
    "agreement_difference": _("Difference"),
    "judge_kappa": _("Kappa of judge and person"),
    "human_kappa": _("Kappa of two people"),
    "kappa_difference": _("Difference of kappas"),
    "accuracy": _("Accuracy"),
    "precision": _("Precision of wrong"),
    "recall": _("Recall of wrong"),
    "f1": _("F1 of wrong"),
    "majority_baseline": _("Majority baseline"),
    "clean_purity": _("Purity of clean"),
    "coverage": _("Judge decided"),
    "human_share": _("People decided"),
    "mean_score": _("Mean score"),
}
READINGS: dict[str, Promise] = {
    "mdk": _("mdk, all items"),
    "decided": _("decided by both"),
    "strict": _("strict: invalid is a miss"),
    "invalid_as_wrong": _("invalid taken as wrong"),
}
METHODS: dict[str, Promise] = {
    "wilson": _("Wilson"),
    "wilson_transformed": _("Wilson, transformed"),
    "wilson_fixed_chance": _("Wilson, chance held"),
    "item_bootstrap": _("item bootstrap"),
    "fleiss_cohen_everitt": _("Fleiss-Cohen-Everitt"),
    "gwet_linearised": _("Gwet, linearised"),
    "student_t": _("Student's t"),
    "jackknife": _("jackknife"),
    "linearised": _("linearised"),
    "cluster_bootstrap": _("cluster bootstrap"),
    "paired_bootstrap": _("item bootstrap, paired"),
    "fisher_z": _("Fisher's z"),
    "newcombe": _("Newcombe"),
    "post_stratified": _("post-stratified"),
    "rogan_gladen_lee": _("Rogan-Gladen, Lee and others"),
    "ppi": _("prediction-powered"),
    "ppi_plus": _("prediction-powered, tuned"),
    "design_weighted": _("weighted by design"),
    "stratified": _("stratified"),
    "logistic_regression": _("logistic regression"),
    "difference_of_means": _("difference of means"),
    "large_sample": _("large sample"),
}


def statistic_title(name: str) -> str:
    """Title of a statistic."""
    if name not in STATISTICS and name.startswith(OF_A_VALUE):
        return gettext("Agreement on %(value)s") % {"value": name.removeprefix(OF_A_VALUE)}
    return str(STATISTICS.get(name, name))


def reading_title(name: str) -> str:
    """Title of a way to read the matrix."""
    return str(READINGS.get(name, name))


def method_title(name: str) -> str:
    """Title of a way to make an interval."""
    return str(METHODS.get(name, name))
