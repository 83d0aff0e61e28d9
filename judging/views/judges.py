"""The page where a judge is tried. Judges themselves are kept in the back office."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from judging.actions.judges import spec_of
from judging.actions.trials import TRIAL_SECONDS, Trial, TrialRefused, sample_item, try_judge
from judging.forms import TrialForm
from judging.models import Judge
from judging.permissions import lead_required


@lead_required
@require_http_methods(["GET", "POST"])
def judge_try(request: HttpRequest, pk: int) -> HttpResponse:
    """One real call on one item: the exact prompt, the raw reply, and what was read from it. Stores nothing."""
    judge = get_object_or_404(Judge.objects.select_related("rubric"), pk=pk)
    form = TrialForm(request.POST or None, initial={"source": language_of(judge), "position": 1})
    context: dict[str, Any] = {"judge": judge, "form": form, "seconds": TRIAL_SECONDS}
    if request.method == "POST":
        context |= outcome_of(judge, form) if form.is_valid() else {"refusal": _("Choose an item first.")}
    else:
        context["now"] = "now" in request.GET
    if "HX-Request" in request.headers:
        return render(request, "judging/_judge_trial.html", context)
    return render(request, "judging/judge_try.html", context)


def outcome_of(judge: Judge, form: TrialForm) -> dict[str, Trial | str]:
    """The trial, or the sentence that says why there is none."""
    if judge.rubric is None:
        return {"refusal": _("This judge has no rubric: its judgments came from elsewhere, or its members give them.")}
    spec, chosen = spec_of(judge), form.cleaned_data
    item = chosen["item"] or sample_item(chosen["source"], spec)
    try:
        return {"trial": try_judge(spec, item, base_url=chosen["base_url"])}
    except TrialRefused as error:
        return {"refusal": str(error)}


def language_of(judge: Judge) -> str:
    """The language of the built-in item that fits the judge's prompts."""
    texts = [text for roles in judge.rubric.prompts.values() for text in roles.values()] if judge.rubric else []
    return "ja" if any("\u3040" <= character <= "\u30ff" for text in texts for character in text) else "en"
