"""MMLU without a model: prompts as lm-eval writes them, the choice, the figures."""

from math import sqrt

import pytest

from judging.benchmarks.mmlu.prompts import Question, continued, header, prompt, prompts
from judging.benchmarks.mmlu.recipe import Continued, Recipe, Truncation, recipe_from_json, recipe_of
from judging.benchmarks.mmlu.scores import Choice, SubjectScore, accuracy, by_group, chosen, chosen_per_character
from judging.benchmarks.mmlu.subjects import GROUPS, HENDRYCKS_GROUPS, SUBJECTS

ASKED = Question(" What is 2 + 2?\n", ("3", "4", "5", "22"), 1)
SHOT = Question("Is ice warm?", ("yes", "no", "often", "at night"), 1)
QUESTION = "What is 2 + 2?\nA. 3\nB. 4\nC. 5\nD. 22\nAnswer:"
SOLVED = "Is ice warm?\nA. yes\nB. no\nC. often\nD. at night\nAnswer:"
HEADER = "The following are multiple choice questions (with answers) about abstract algebra.\n\n"


def test_the_prompt_is_header_shots_and_question() -> None:
    made = prompt(ASKED, [SHOT], "abstract_algebra", Recipe(shots=1))
    assert made.text == f"{HEADER}{SOLVED} B\n\n{QUESTION}"
    assert continued(ASKED, Recipe()) == (" A", " B", " C", " D")


def test_in_a_chat_shots_are_turns() -> None:
    made = prompt(ASKED, [SHOT], "abstract_algebra", recipe_of(chat=True, system="You are careful."))
    assert made.messages == (
        ("system", f"You are careful.\n\n{HEADER}"),
        ("user", SOLVED),
        ("assistant", "B"),
        ("user", QUESTION),
    )
    assert continued(ASKED, recipe_of(chat=True)) == ("A", "B", "C", "D")


def test_older_versions_put_all_into_one_turn() -> None:
    made = prompt(ASKED, [SHOT], "abstract_algebra", recipe_of("0.4.9", chat=True))
    assert made.messages == (("system", HEADER), ("user", f"{SOLVED} B\n\n{QUESTION}"))


@pytest.mark.parametrize(
    ("version", "chat", "delimiter", "multiturn", "bos"),
    [
        ("0.4.5", True, " ", False, False),
        ("0.4.6", True, "", False, False),
        ("0.4.9.1", True, "", False, False),
        ("0.4.9.2", True, "", False, None),
        ("0.4.10", True, "", True, None),
        ("0.4.13", False, " ", True, None),
        ("0.4.4", False, " ", True, False),
    ],
)
def test_what_changed_between_versions_of_lm_eval(
    version: str, chat: bool, delimiter: str, multiturn: bool, bos: bool | None
) -> None:
    recipe = recipe_of(version, chat=chat)
    assert (recipe.delimiter, recipe.multiturn, recipe.bos) == (delimiter, multiturn, bos)


def test_a_version_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match=r"'newest' is no version of lm-eval; write one like 0\.4\.13"):
        recipe_of("newest")


def test_whole_shots_can_be_left_out() -> None:
    made = prompts(ASKED, [SHOT, SHOT], "anatomy", Recipe(truncation=Truncation.SHOTS))
    assert [each.text.count("Answer:") for each in made] == [3, 2, 1]
    assert len(prompts(ASKED, [SHOT, SHOT], "anatomy", Recipe())) == 1


def test_no_more_shots_are_taken_than_the_recipe_says() -> None:
    made = prompts(ASKED, [SHOT] * 5, "anatomy", Recipe(shots=2))
    assert made[0].text.count("Answer:") == 3


def test_the_texts_of_the_choices_can_be_weighed() -> None:
    assert continued(ASKED, Recipe(continued=Continued.TEXTS)) == (" 3", " 4", " 5", " 22")


@pytest.mark.parametrize(
    ("loglikelihoods", "texts", "place"),
    [
        ([-4.0, -6.0], ["yes", "certainly"], 1),
        ([-4.0, -6.0], ["yes", "no"], 0),
        ([-2.0, -4.0], ["ab", "abcd"], 0),
        ([-1.0, -9.0], ["", "no"], 1),
        ([-6.0, -6.0], ["日本", "日本の"], 1),
    ],
)
def test_a_long_text_is_not_less_likely_for_being_long(
    loglikelihoods: list[float], texts: list[str], place: int
) -> None:
    assert chosen_per_character(loglikelihoods, texts).place == place


def test_subjects_are_named_in_words() -> None:
    assert "about high school us history." in header("high_school_us_history")


def test_a_recipe_is_stored_whole() -> None:
    recipe = recipe_of("0.4.9", chat=True, shots=3, system="一つ選べ")
    assert recipe_from_json(recipe.as_json()) == recipe
    with pytest.raises(ValueError, match="A recipe has no 'shot'"):
        recipe_from_json({"shot": 5})


@pytest.mark.parametrize(
    ("values", "choice"),
    [
        ((-1.0, -0.5, -2.0), Choice(1, 0.5, tie=False)),
        ((-1.0, -1.0, -2.0), Choice(0, 0.0, tie=True)),
        ((-3.0, -2.0, -2.0), Choice(1, 0.0, tie=True)),
    ],
)
def test_the_most_likely_is_chosen_and_the_first_of_equals(values: tuple[float, ...], choice: Choice) -> None:
    assert chosen(values) == choice


def test_there_are_57_subjects_in_four_groups() -> None:
    assert len(set(SUBJECTS)) == 57
    assert {name: len(members) for name, members in GROUPS.items()} == {
        "stem": 19, "humanities": 13, "social sciences": 12, "other": 13,
    }  # fmt: skip
    assert len(HENDRYCKS_GROUPS["stem"]) == 18
    assert len(HENDRYCKS_GROUPS["other"]) == 14


def test_macro_weighs_subjects_and_micro_questions() -> None:
    made = accuracy([SubjectScore("anatomy", 90, 100), SubjectScore("virology", 2, 10, unscored=3)])
    assert made.macro == pytest.approx((0.9 + 0.2) / 2)
    assert made.micro == pytest.approx(92 / 110)
    assert (made.n, made.unscored, made.subjects) == (110, 3, 2)


def test_the_means_of_the_wrapper_that_tests_are_written_against() -> None:
    """Three subjects whose accuracies are .5592, .4444 and .35 come to 0.45 when rounded."""
    scores = [SubjectScore("a", 5592, 10_000), SubjectScore("b", 4444, 10_000), SubjectScore("c", 3500, 10_000)]
    assert round(accuracy(scores).macro or 0, 2) == 0.45


def test_errors_are_those_of_lm_eval() -> None:
    one, two = SubjectScore("anatomy", 60, 100), SubjectScore("virology", 10, 50)
    assert one.stderr == pytest.approx(sqrt(0.6 * 0.4 / 99))
    pooled = sqrt((99 * 100 * (0.6 * 0.4 / 99) + 49 * 50 * (0.2 * 0.8 / 49)) / 148 / 150)
    made = accuracy([one, two])
    assert made.micro_stderr == pytest.approx(pooled)
    assert made.macro_stderr == pytest.approx(sqrt(0.6 * 0.4 / 99 + 0.2 * 0.8 / 49) / 2)


def test_without_answers_there_is_no_figure() -> None:
    made = accuracy([SubjectScore("anatomy", 0, 0, unscored=5)])
    assert (made.macro, made.micro, made.micro_stderr, made.unscored, made.subjects) == (None, None, None, 5, 0)
    assert SubjectScore("anatomy", 1, 1).stderr is None


def test_groups_hold_the_subjects_that_there_are() -> None:
    made = by_group([SubjectScore("anatomy", 1, 2), SubjectScore("virology", 2, 2)])
    assert {name: figures.macro for name, figures in made.items()} == {"stem": 0.5, "other": 1.0}
    assert list(by_group([SubjectScore("anatomy", 1, 2)], HENDRYCKS_GROUPS)) == ["other"]
