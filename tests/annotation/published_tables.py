"""Tables that books, papers and the manuals of statistical programs print, with the figures they print beside them.

A figure is a text: it is right when it is what the report says, rounded to as many digits. Figures are called as in
reports; `@level` is the level they are asked at, nominal where it is left out, and `.low` and `.high` are bounds.
"""

from dataclasses import dataclass

Figures = dict[str, str]


@dataclass(frozen=True, slots=True)
class Square:
    """How often two raters said each two values."""

    cells: tuple[tuple[int, ...], ...]
    figures: Figures
    values: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The values, 1, 2, ... where they are only numbered."""
        return self.values or tuple(str(at) for at in range(1, len(self.cells) + 1))


@dataclass(frozen=True, slots=True)
class Counts:
    """How many raters gave each value to each item."""

    rows: tuple[tuple[int, ...], ...]
    figures: Figures
    values: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The values, 1, 2, ... where they are only numbered."""
        return self.values or tuple(str(at) for at in range(1, len(self.rows[0]) + 1))


@dataclass(frozen=True, slots=True)
class Raw:
    """What each rater said: a word per item, `.` where the rater said nothing."""

    raters: dict[str, str]
    figures: Figures

    @property
    def units(self) -> list[dict[str, str]]:
        """What was said of each item, by rater."""
        said = {rater: text.split() for rater, text in self.raters.items()}
        items = len(next(iter(said.values())))
        return [{rater: said[rater][at] for rater in said if said[rater][at] != "."} for at in range(items)]


SQUARES = {
    "Agresti, pathologists": Square(
        ((22, 2, 2, 0), (5, 7, 14, 0), (0, 2, 36, 0), (0, 1, 17, 10)),
        {"cohen_kappa": ".493", "percent_agreement": ".636"},
    ),
    "Agresti, movie critics": Square(
        ((24, 8, 13), (8, 13, 11), (10, 9, 64)),
        {"cohen_kappa": ".389", "percent_agreement": ".63"},
        ("con", "mixed", "pro"),
    ),
    "Altman, xerograms (Stata kap)": Square(
        ((21, 12, 0, 0), (4, 17, 1, 0), (3, 9, 15, 2), (0, 0, 0, 1)),
        {
            "percent_agreement": ".6353",
            "cohen_kappa": ".4728",
            "weighted_kappa": ".5684",
            "quadratic_kappa@ordinal": ".6714",
        },
        ("normal", "benign", "suspect", "cancer"),
    ),
    "Bishop, Fienberg and Holland, student teachers": Square(
        ((17, 4, 8), (5, 12, 0), (10, 3, 13)),
        {"cohen_kappa": ".362", "percent_agreement": ".583"},
        ("authoritarian", "democratic", "permissive"),
    ),
    "Bortz, interobserver (DescTools)": Square(((53, 5, 2), (11, 14, 5), (1, 6, 3)), {"cohen_kappa": ".429"}),
    "Cohen 1960, Table 2": Square(
        ((88, 14, 18), (10, 40, 10), (2, 6, 12)), {"cohen_kappa": ".492", "percent_agreement": ".70"}
    ),
    "Artstein and Poesio, two acts": Square(
        ((20, 20), (10, 50)),
        {"percent_agreement": ".7", "brennan_prediger": ".4", "scott_pi": ".341", "cohen_kappa": ".348"},
        ("stat", "ireq"),
    ),
    "Artstein and Poesio, three acts (NLTK)": Square(
        ((46, 6, 0), (0, 32, 0), (0, 6, 10)),
        {
            "percent_agreement": ".88",
            "scott_pi": ".7995322418977615",
            "brennan_prediger": ".82",
            "cohen_kappa": ".8013",
        },
        ("stat", "ireq", "chck"),
    ),
    "scikit-learn, weights": Square(
        ((46, 0, 0), (4, 40, 0), (0, 0, 10)),
        {"cohen_kappa": ".9315", "weighted_kappa": ".9412", "quadratic_kappa@ordinal": ".9541"},
    ),
    "Wikipedia, 50 proposals": Square(((20, 5), (10, 15)), {"cohen_kappa": ".4"}, ("yes", "no")),
    "Wikipedia, same agreement, more": Square(((45, 15), (25, 15)), {"cohen_kappa": ".1304"}),
    "Wikipedia, same agreement, less": Square(((25, 35), (5, 35)), {"cohen_kappa": ".2593"}),
    "Feinstein and Cicchetti, skewed": Square(((80, 10), (5, 5)), {"cohen_kappa": ".32", "percent_agreement": ".85"}),
    "Feinstein and Cicchetti, even": Square(((40, 9), (6, 45)), {"cohen_kappa": ".70", "percent_agreement": ".85"}),
    "Fleiss, 100 diagnoses": Square(
        ((75, 1, 4), (5, 4, 1), (0, 0, 10)),
        {"percent_agreement": ".89", "cohen_kappa": ".676"},
        ("psychotic", "neurotic", "organic"),
    ),
    "Gwet 2008, rare trait": Square(
        ((118, 5), (2, 0)), {"cohen_kappa": "-.0234", "scott_pi": "-.0288", "gwet_ac1": ".9408"}, ("+", "-")
    ),
    "irrCAC, 223 patients": Square(
        ((40, 4, 4, 17), (6, 25, 2, 13), (4, 1, 21, 12), (15, 5, 9, 45)),
        {
            "cohen_kappa": ".432",
            "cohen_kappa.low": ".341",
            "cohen_kappa.high": ".522",
            "weighted_kappa": ".407",
            "scott_pi": ".430",
            "gwet_ac1": ".456",
            "gwet_ac2@ordinal": ".324",
        },
        ("Schizophrenia", "Bipolar Disorder", "Depression", "Other"),
    ),
    "Landis and Koch, Winnipeg": Square(
        ((38, 5, 0, 1), (33, 11, 3, 0), (10, 14, 5, 6), (3, 7, 3, 10)),
        {"cohen_kappa": ".208"},
        ("Certain", "Probable", "Possible", "Doubtful"),
    ),
    "Landis and Koch, New Orleans": Square(
        ((5, 3, 0, 0), (3, 11, 4, 0), (2, 13, 3, 4), (1, 2, 4, 14)),
        {"cohen_kappa": ".297"},
        ("Certain", "Probable", "Possible", "Doubtful"),
    ),
    "Real Statistics, 50 patients": Square(
        ((10, 4, 1), (6, 16, 2), (0, 3, 8)), {"cohen_kappa": ".496"}, ("psychotic", "borderline", "neither")
    ),
    "SAS, skin condition": Square(
        ((10, 4, 1, 0), (5, 10, 12, 2), (2, 4, 12, 5), (0, 2, 6, 13)),
        {
            "cohen_kappa": ".3449",
            "cohen_kappa.low": ".2030",
            "cohen_kappa.high": ".4868",
            "weighted_kappa": ".5082",
            "weighted_kappa.low": ".3798",
            "weighted_kappa.high": ".6366",
        },
        ("terrible", "poor", "marginal", "clear"),
    ),
    "Sim and Wright": Square(((22, 2), (4, 11)), {"cohen_kappa": ".67", "percent_agreement": ".846"}),
    "vcd, sexual fun": Square(
        ((7, 7, 2, 3), (2, 8, 3, 7), (1, 5, 4, 9), (2, 8, 9, 14)),
        {"cohen_kappa": ".1293", "weighted_kappa": ".2374"},
        ("Never Fun", "Fairly Often", "Very Often", "Always fun"),
    ),
    "Viera and Garrett": Square(((15, 5), (10, 70)), {"cohen_kappa": ".57", "percent_agreement": ".85"}),
    "Stuart, vision of 7,477 women": Square(
        ((1520, 266, 124, 66), (234, 1512, 432, 78), (117, 362, 1772, 205), (36, 82, 179, 492)),
        {"cohen_kappa": ".595"},
    ),
}
COUNTS = {
    "Stata, ten subjects": Counts(
        ((1, 4, 0), (2, 0, 3), (0, 0, 5), (4, 0, 1), (3, 0, 2), (1, 4, 0), (5, 0, 0), (0, 4, 1), (1, 0, 4), (3, 0, 2)),
        {"fleiss_kappa": ".4179"},
    ),
    "irrCAC, fifteen subjects": Counts(
        (
            (3, 0, 1), (2, 1, 1), (2, 1, 1), (2, 0, 2), (3, 1, 0), (3, 1, 0), (0, 4, 0), (0, 3, 1), (0, 0, 4),
            (3, 1, 0), (0, 4, 0), (0, 3, 1), (0, 2, 2), (0, 0, 4), (3, 1, 0),
        ),
        {},
        ("a", "b", "c"),
    ),
    "irrCAC, fourteen subjects": Counts(
        (
            (3, 0, 0, 0, 0), (0, 3, 1, 0, 0), (0, 0, 4, 0, 0), (0, 0, 4, 0, 0), (0, 4, 0, 0, 0), (1, 1, 1, 1, 0),
            (0, 0, 0, 4, 0), (3, 1, 0, 0, 0), (0, 4, 0, 0, 0), (0, 0, 0, 0, 3), (2, 0, 0, 0, 0), (0, 0, 1, 0, 0),
            (0, 3, 1, 0, 0), (1, 2, 1, 0, 0),
        ),
        {
            "percent_agreement": ".744",
            "gwet_ac1": ".685",
            "gwet_ac1.low": ".396",
            "gwet_ac1.high": ".973",
            "fleiss_kappa": ".657",
            "brennan_prediger": ".679",
            "krippendorff_alpha": ".632",
        },
        ("a", "b", "c", "d", "e"),
    ),
    "Randolph": Counts(((6, 1, 0), (0, 7, 0)), {"fleiss_kappa": ".708333", "brennan_prediger": ".785714"}),
}  # fmt: skip
RAW = {
    "Hayes and Krippendorff 2007": Raw(
        {
            "obs1": "1 1 2 . 0 0 1 1 2 2 . 0 1 3 1 1 2 1 1 0 0 0 2 0 1 0 0 1 1 1 1 2 2 3 2 2 2 2 2 1",
            "obs2": "1 1 3 0 0 0 0 . 2 1 1 0 2 3 1 1 1 2 1 0 0 0 3 0 2 1 0 2 1 1 1 1 2 2 2 2 2 2 2 1",
            "obs3": "2 0 3 0 0 0 2 2 2 1 0 0 2 2 1 1 2 3 0 0 1 . 3 0 . 1 0 1 2 2 0 2 . 2 2 3 2 . 2 1",
            "obs4": ". 1 3 . . . . 0 . 1 0 0 2 2 . . . 3 1 . 1 0 3 0 2 1 1 2 2 . . 1 2 2 . . . 1 2 .",
            "obs5": "2 . . 0 0 0 1 . 2 . . . . 3 1 1 2 . . 0 . 0 . . 2 . 0 . . 2 0 . 2 . 2 2 2 2 . 1",
        },
        {"krippendorff_alpha@ordinal": ".7598"},
    ),
    "Krippendorff 2004, two observers": Raw(
        {"jon": "1 1 0 0 0 0 0 0 0 0", "han": "0 1 1 0 0 1 0 1 0 0"},
        {"krippendorff_alpha": ".095", "percent_agreement": ".6"},
    ),
    "irrCAC, five observers": Raw(
        {
            "Observer1": "1 1 2 . 0 0 1 1 2 2 . 0 1 3 1",
            "Observer2": "1 1 3 0 0 0 0 . 2 1 1 0 2 3 1",
            "Observer3": "2 0 3 0 0 0 2 2 2 1 0 0 2 2 1",
            "Observer4": ". 1 3 . . . . 0 . 1 0 0 2 2 .",
            "Observer5": "2 . . 0 0 0 1 . 2 . . . . 3 1",
        },
        {
            "percent_agreement": ".616",
            "gwet_ac1": ".497",
            "gwet_ac1.low": ".235",
            "gwet_ac1.high": ".758",
            "fleiss_kappa": ".458",
            "fleiss_kappa.low": ".199",
            "fleiss_kappa.high": ".716",
            "brennan_prediger": ".487",
            "krippendorff_alpha": ".481",
        },
    ),
    "irrCAC, two groups": Raw(
        {
            "Rater1": "a b c c b a d a b . . . b b",
            "Rater2": "a b c c b b d a b e . . b a",
            "Rater3": ". c c c b c d b b e a c c c",
            "Rater4": "a b c c b d d a b e a . b b",
        },
        {
            "percent_agreement": ".744",
            "gwet_ac1": ".685",
            "fleiss_kappa": ".657",
            "fleiss_kappa.low": ".333",
            "fleiss_kappa.high": ".981",
            "brennan_prediger": ".679",
            "krippendorff_alpha": ".632",
        },
    ),
    "irrCAC, gender": Raw(
        {
            "Rater1": "a a a a a b b b c a a a a a b",
            "Rater2": "a a a a b a b c c a a a a b a",
            "Rater3": "a b b c a a b b c a b b c a a",
            "Rater4": "c c c c a a b b c c c c c a a",
        },
        {
            "percent_agreement": ".456",
            "gwet_ac1": ".208",
            "fleiss_kappa": ".129",
            "brennan_prediger": ".183",
            "krippendorff_alpha": ".143",
        },
    ),
    "irrCAC, Ben and Gerry": Raw(
        {"Ben": "a a b b d c c c e d d a", "Gerry": "b a b b b c c c e . d d"},
        {
            "percent_agreement": ".727",
            "gwet_ac1": ".661",
            "fleiss_kappa": ".649",
            "brennan_prediger": ".659",
            "krippendorff_alpha": ".665",
        },
    ),
    "Shrout and Fleiss": Raw(
        {"J1": "9 6 8 7 10 6", "J2": "2 1 4 1 5 2", "J3": "5 3 6 2 6 4", "J4": "8 2 8 6 9 7"}, {"icc@interval": ".17"}
    ),
    "irr, anxiety": Raw(
        {
            "rater1": "3 3 3 4 5 5 2 3 5 2 2 6 1 5 2 2 1 2 4 3",
            "rater2": "3 6 4 6 2 4 2 4 3 3 2 3 3 3 2 2 1 3 3 4",
            "rater3": "2 1 4 4 3 2 1 6 1 1 1 2 3 3 1 1 3 3 2 2",
        },
        {"icc@interval": ".175"},
    ),
    "scikit-learn, five reviews": Raw(
        {
            "y1": "negative positive negative neutral positive",
            "y2": "negative positive negative neutral negative",
        },
        {"cohen_kappa": ".6875"},
    ),
    "NLTK, three coders": Raw(
        {"coder1": "YES YES .", "coder2": "NO NO .", "coder3": "NO . NO"}, {"krippendorff_alpha": "-.3333333"}
    ),
    "psych, nine ratings": Raw(
        {"rater1": "1 2 3 4 5 6 7 8 9", "rater2": "1 3 1 6 1 5 5 6 7"},
        {"cohen_kappa": ".00", "quadratic_kappa@ordinal": ".68"},
    ),
    "Wikipedia, hours of television": Raw(
        {"IQ": "106 100 86 101 99 103 97 113 112 110", "hours": "7 27 2 50 28 29 20 12 6 17"},
        {"spearman@interval": "-.1758"},
    ),
    "Anscombe, first": Raw(
        {
            "x": "10 8 13 9 11 14 6 4 12 7 5",
            "y": "8.04 6.95 7.58 8.81 8.33 9.96 7.24 4.26 10.84 4.82 5.68",
        },
        {"pearson@interval": ".8164"},
    ),
    "scipy, Kendall": Raw({"x1": "12 2 1 12 2", "x2": "1 4 7 1 0"}, {"kendall_tau_b@interval": "-.47140452079103"}),
    "scipy, Pearson": Raw({"x": "1 2 3 4 5", "y": "10 9 2.5 6 4"}, {"pearson@interval": "-.742610657232"}),
    "scipy, Spearman": Raw({"x": "1 2 3 4 5", "y": "5 6 7 8 7"}, {"spearman@interval": ".8207826816681"}),
}
