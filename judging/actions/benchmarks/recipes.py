"""How questions with choices are put: what somebody says, what the tasks of a benchmark say, what it does otherwise."""

from dataclasses import dataclass, replace
from pathlib import Path

from judging.actions.runs import RunRefused
from judging.benchmarks import Benchmark
from judging.benchmarks.mmlu.recipe import Continued, Recipe, Truncation, branch_recipe_of, recipe_from_json, recipe_of
from judging.benchmarks.mmlu_branch import MMLU_BRANCH, declared
from judging.models import Dataset


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeWish:
    """A recipe as somebody asks for it; None and '' leave it to the benchmark. `lm_eval`: which version is emulated."""

    lm_eval: str = ""
    shots: int | None = None
    chat: bool = False
    system: str = ""
    truncation: str = ""
    continued: str = ""


def recipe_for(benchmark: Benchmark, dataset: Dataset, wish: RecipeWish, *, data: str = "") -> Recipe:
    """The recipe of an examination; `data`: where its questions came from. RunRefused for what is no recipe."""
    make = branch_recipe_of if benchmark is MMLU_BRANCH else recipe_of
    shots = {} if wish.shots is None else {"shots": wish.shots}
    try:
        recipe = make(wish.lm_eval, chat=wish.chat or bool(wish.system), system=wish.system, **shots)
        continued = Continued(wish.continued) if wish.continued else told(benchmark, dataset, data)
        truncation = Truncation(wish.truncation) if wish.truncation else recipe.truncation
    except ValueError as error:
        raise RunRefused(str(error)) from error
    return replace(recipe, truncation=truncation, continued=continued or recipe.continued)


def told(benchmark: Benchmark, dataset: Dataset, data: str) -> Continued | None:
    """What is weighed by the tasks beside the questions, else as these questions were put last; None by neither."""
    if benchmark is not MMLU_BRANCH:
        return None
    if data and Path(data).exists() and not Dataset.objects.ready().filter(name=data).exists():
        return declared(Path(data))
    last = dataset.benchmark_runs.filter(benchmark=benchmark.name, options__has_key="recipe").first()
    return recipe_from_json(last.options["recipe"]).continued if last else None
