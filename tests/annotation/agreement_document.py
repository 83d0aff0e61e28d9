"""A report document with every panel filled, in the shape that docs/agreement.md describes."""

from typing import Any


def of(value: float, low: float | None = None, high: float | None = None, n: int = 400) -> dict[str, Any]:
    """A statistic."""
    low, high = value - 0.05 if low is None else low, value + 0.05 if high is None else high
    return {"value": value, "low": low, "high": high, "n": n, "method": "wilson"}


def nothing(reason: str = "no wrong items") -> dict[str, Any]:
    """A statistic that does not exist."""
    return {"value": None, "reason": reason}


def by_class(n: int) -> dict[str, dict[str, int]]:
    return {row: dict.fromkeys(("clean", "wrong", "unknown"), n) for row in ("clean", "wrong", "invalid")}


NAMES = ("accuracy", "precision", "recall", "f1")


def judge(run: int = 7, **other: Any) -> dict[str, Any]:
    """A judge with every panel."""
    shares = {row: dict.fromkeys(("clean", "wrong", "unknown"), 0.25) for row in ("clean", "wrong", "invalid")}
    return {
        "judge": "judge",
        "version": 1,
        "run": run,
        "state": "finished",
        "model": "m",
        "tokens": 123456,
        "counts": {
            "items": 450,
            "clean": 150,
            "wrong": 150,
            "invalid": 150,
            "unscored": 3,
            "unscored_by_reason": {"no_verdict": 3},
        },
        "human_unknown": {"ties": 1, "undefined": 2, "unreviewed": 3, "labelled_in_another_text": 4},
        "mean_score": nothing("this judge gives no scores"),
        "confusion": by_class(50),
        "confusion_shares": {"of_row": shares, "of_column": shares},
        "mdk": {name: of(0.51) for name in NAMES},
        "decided": {name: of(0.612345) for name in (*NAMES, "balanced_accuracy", "mcc")},
        "strict": {name: of(0.41) for name in NAMES},
        "invalid_as_wrong": {name: of(0.59) for name in NAMES},
        "majority_baseline": of(0.53),
        "majority_verdict": "clean",
        "coverage": of(0.66),
        "human_share": of(0.9),
        "invalid_rate": of(0.33),
        "invalid_by_human": {"clean": of(0.2), "wrong": of(0.3)},
        "judge_human": {"cohen_kappa": of(0.21, 0.1, 0.3), "gwet_ac1": of(0.3)},
        "judge_random_human": {
            "percent_agreement": of(0.832, 0.81, 0.853),
            "kappa": of(0.6),
            "human_percent_agreement": of(0.781, 0.76, 0.8),
            "human_kappa": of(0.5),
            "by_certainty": [
                {"kind": kind, "percent_agreement": of(0.8), "human_percent_agreement": of(0.9)}
                for kind in ("unanimous", "majority", "split")
            ],
        },
        "difference": {**of(0.1), "kappa": of(0.1, 0.02, 0.2), "percent_agreement": of(0.051, 0.02, 0.083)},
        "alt_test": {
            "omega": of(0.67),
            "rho": of(0.8),
            "epsilon": 0.15,
            "passed": True,
            "reason": None,
            "per_annotator": [
                {
                    "annotator": "田中",
                    "n": 60,
                    "judge_wins": of(0.8),
                    "person_wins": of(0.7),
                    "p": 0.0123,
                    "test": "t",
                    "rejected": True,
                }
            ],
        },
        "corrected_score": {
            **of(0.7123),
            "raw": of(0.8),
            "rogan_gladen": nothing("the judge is no better than chance"),
            "ppi": of(0.71),
            "ppi_plus": of(0.71),
            "models": [
                {"model": "model-a", "items": 200, "labelled": 80, "raw": of(0.8), "corrected": of(0.7)},
                {"model": "model-b", "items": 200, "labelled": 8, "raw": of(0.5), "corrected": of(0.6, n=8)},
            ],
        },
        "self_consistency": {
            "runs": 2,
            "flip_rate": of(0.05),
            "percent_agreement": of(0.95),
            "krippendorff_alpha": of(0.9),
        },
        "values": None,
        "graded": None,
        "pairwise": None,
        "slices": [
            {
                "by": "category",
                "value": "算数",
                "items": 100,
                "n": 90,
                "agreement": of(0.5, n=90),
                "rest": of(0.9),
                "gap": of(-0.4),
                "p": 0.00012,
                "stands_out": True,
            },
            {
                "by": "answer_length",
                "value": "1–20",
                "items": 40,
                "n": 30,
                "agreement": of(0.8, n=30),
                "rest": of(0.9),
                "gap": of(-0.1),
                "p": 0.4,
                "stands_out": False,
            },
        ],
        "calibration": {
            "brier": of(0.11),
            "expected_calibration_error": 0.045,
            "bins": [
                {"predicted": 0.2, "observed": of(0.25), "n": 90},
                {"predicted": 1.0, "observed": of(0.8), "n": 9},
            ],
            "votes": [{"share": 0.2, "clean": 60, "wrong": 30, "n": 90}],
            "calibrated": {"method": "isotonic", "brier": of(0.1)},
            "reason": None,
        },
        "bias": {"length": of(0.3), "pair_length": nothing("no pairs"), "order": of(0.02), "order_p": 0.5,
                 "self_preference": nothing("the judge's model answered nothing")},
        "weighted": {"agreement": of(0.8), "kappa": of(0.5), "items": 300, "effective_items": 210.4,
                     "without_probability": 5},
        "disagreements": {
            "clean_to_wrong": 50,
            "wrong_to_clean": 50,
            "invalid": 100,
            "other": 0,
            "items": [
                {"item": 1, "key": "a", "position": 3, "kind": "clean_to_wrong", "judge": "clean", "people": "wrong",
                 "labels": {"wrong": 2, "clean": 1}, "reason": "<b>looks right</b>", "spread": 0.9}
            ],
        },
        "budget": {"half_width": 0.05, "there": 300, "random": 37, "stratified": 14, "reason": None},
        "gate": {
            "passed": False,
            "checks": [{"name": "balanced_accuracy", "value": 0.61, "limit": 0.8, "passed": False},
                       {"name": "consistency", "value": None, "limit": 0.85, "passed": None}],
        },
        "notes": ["A note on the judge."],
    } | other  # fmt: skip


def graded() -> dict[str, Any]:
    """What a judge of scores has."""
    counts = [[30, 10, 0], [5, 60, 5], [0, 5, 40]]
    return {
        "values": {"values": ["1", "2", "3"], "counts": counts},
        "graded": {
            "values": ["1", "2", "3"],
            "counts": counts,
            "judge_histogram": [40, 70, 45],
            "human_histogram": [35, 75, 45],
            "standard_difference": of(0.1),
            "human_mean_by_score": [{"score": 1, "mean": of(1.2)}, {"score": 2, "mean": of(2.0)}],
        },
        "judge_human": {name: of(0.5) for name in ("bias", "mae", "within_one", "quadratic_kappa", "spearman")},
    }


def votes() -> dict[str, Any]:
    """What a judge of pairs has."""
    return {
        "pairwise": {
            "consistency": of(0.8),
            "position_bias": of(0.1),
            "position_p": 0.04,
            "primacy": of(0.15),
            "recency": of(0.05),
            "orders": [[40, 5, 1], [10, 30, 2], [3, 4, 5]],
            "ties": of(0.1),
            "agreement_all": of(0.66),
            "agreement_without_ties": of(0.81),
            "n_all": 100,
            "n_without_ties": 80,
            "bradley_terry": [
                {"model": "a", "wins": 50, "losses": 30, "ties": 5, "strength": of(0.4, 0.2, 0.6)},
                {"model": "b", "wins": 30, "losses": 50, "ties": 5, "strength": of(-0.4, -0.6, -0.2)},
            ],
        }
    }


def person(name: str, **other: Any) -> dict[str, Any]:
    """An annotator."""
    weeks = [
        {"week": f"2026-W{n}", "n": 40, "agreement": 0.9 - n / 100, "lowest_usual": 0.7, "smoothed": 0.8,
         "smoothed_limit": 0.7, "alarm": n == 12}
        for n in (10, 11, 12)
    ]  # fmt: skip
    return {
        "annotator": name,
        "identity": "known",
        "labels": 120,
        "items_shared": 100,
        "agreement_with_others": of(0.8),
        "leniency": of(0.02),
        "kappa_with_others": of(0.5),
        "unknown": of(0.01),
        "gold_accuracy": nothing("no gold labels"),
        "known_items": nothing("no known items"),
        "dawid_skene_accuracy": 0.9,
        "shrunk_agreement": 0.8,
        "rankable": True,
        "median_seconds": 21.5,
        "last_at": "2026-03-20T10:00:00Z",
        "alarms": 1,
        "weeks": weeks,
    } | other


def part(**other: Any) -> dict[str, Any]:
    """A report on one criterion of one campaign."""
    return {
        "dataset": "算数 quiz",
        "campaign": "people",
        "criterion": "",
        "level": "nominal",
        "format": 1,
        "reason": None,
        "left_out": {},
        "scope": {
            "values": ["clean", "wrong"], "is_verdict": True, "is_numeric": False, "items": 450, "labels": 900,
            "people": 3, "judges": 1, "first_label_at": "2026-03-01T10:00:00Z", "last_label_at": "2026-03-20T10:00:00Z",
            "guidelines": [1, 2], "items_with_two_labels": 400, "human_unknown": of(0.02),
            "chosen": {"random": 400, "hand": 50}, "without_probability": 50, "weighted": True, "runs": [],
        },
        "headline": None,
        "counts": {
            "items": 450, "clean": 250, "wrong": 150, "ties": 30, "undefined": 10, "unreviewed": 10, "gold": 5,
            "annotators": 3, "labels": 900, "undefined_labels": 12, "labels_of_older_text": 3,
            "labels_without_verdict": 0, "items_with_two_labels": 400,
        },
        "human_human": {
            "percent_agreement": of(0.78), "krippendorff_alpha": of(0.5, 0.45, 0.55), "gwet_ac1": of(0.6),
            "cohen_kappa": nothing("for two people; 3 labelled"),
        },
        "reliability": {
            "band": "unreliable",
            "thresholds": {"reliable": 0.8, "tentative": 0.667},
            "skewed": False,
            "prevalence": [{"value": "clean", "labels": 600, "share": of(0.6667)},
                           {"value": "wrong", "labels": 300, "share": of(0.3333)}],
            "per_class": [{"value": "clean", "agreement": of(0.8)}, {"value": "wrong", "agreement": of(0.6)}],
            "unanimous": of(0.6), "majority": of(0.3), "split": of(0.1),
        },
        "annotators": [person("田中"), person("b"), person("c", alarms=0, weeks=[], labels=10)],
        "pairs": [],
        "matrix": {
            "least": 30,
            "order": [1, 0, 2],
            "raters": [{"name": "田中", "kind": "person", "run": None}, {"name": "b", "kind": "person", "run": None},
                       {"name": "judge", "kind": "judge", "run": 7}],
            "n": [[0, 100, 90], [100, 0, 12], [90, 12, 0]],
            "agreement": [[None, 0.83, 0.71], [0.83, None, 0.5], [0.71, 0.5, None]],
            "kappa": [[None, 0.6, 0.4], [0.6, None, -0.1], [0.4, -0.1, None]],
            "rest": [{"n": 110, "agreement": 0.8}, {"n": 100, "agreement": 0.7}, {"n": 95, "agreement": None}],
            "more": 0,
        },
        "aggregation": {
            "items": 440, "same": 430, "different": 10, "undecided_by_majority": 30,
            "majority": {"clean": 260, "wrong": 150}, "dawid_skene": {"clean": 270, "wrong": 170},
            "prevalence": {"clean": 0.61, "wrong": 0.39}, "reason": None,
        },
        "pairwise": None,
        "disagreements": {"total": 90, "items": [
            {"item": 4, "key": "d", "position": 4, "labels": {"clean": 1, "wrong": 1}, "entropy": 0.693, "gold": None,
             "posterior": {"clean": 0.4, "wrong": 0.6}}]},
        "judges": [judge()],
        "notes": ["A note."],
        "tables": {"patterns": {"columns": ["clean", "wrong", "items"], "rows": [[2, 0, 200], [1, 1, 90]]}},
        "method": {"confidence": 0.95, "draws": 2000, "seed": 0, "undefined": "missing", "version": "1.2"},
    } | other  # fmt: skip


def document(**other: Any) -> dict[str, Any]:
    """The whole of it."""
    return part(**other) | {"criteria": {}, "campaigns": []}
