"""What rubrics and judges are written in, and refused by: a sentence for everything that no run could use."""

import json
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from judging.actions.judges import rubric_spec_of, spec_of
from judging.core.decisions import check_decision
from judging.core.judged import check_judge
from judging.core.prompts import NAMES, ROLES, ROLES_OF_STYLE, check_prompts
from judging.core.sampling import check_sampling
from judging.core.scales import criterion_from_json
from judging.engines import ENGINES
from judging.models import Judge, Rubric

RUBRIC_COLUMNS = ["name", "kind", "style", "criteria", "needs_question"]
JUDGE_COLUMNS = ["name", "kind", "rubric", "engine", "model", "sampling", "samples", "decision"]
TEMPLATE_ROLES = (*ROLES, *ROLES_OF_STYLE["raw"])

ROLE_HELP = {
    "system": gettext_lazy("Chat: what the judge is told first. May be empty."),
    "user": gettext_lazy("Chat: what is asked. One of the texts must show what is judged."),
    "assistant": gettext_lazy("How the reply begins, for a model that goes on from there. Else empty."),
    "raw": gettext_lazy("Raw text: all that the model sees, for models without chat. Else empty."),
}
PART_HELP = gettext_lazy(
    "Empty for one prompt. For several, their names separated by commas: turn_1, turn_2 (a turn each) or ab, ba "
    "(a pair in both orders). A new name gets its text areas when you save."
)

CRITERIA_HELP = gettext_lazy("A list of objects with name, scale ({low, high, step} or {values}), direction, clean_if.")
SAMPLING_HELP = gettext_lazy("An object with temperature, top_p, max_tokens, stop and the like.")
DECISION_HELP = gettext_lazy("An object with rule, threshold, min_replies, mode; coefficients for the rule linear.")
A_CRITERION = '[{"name": "", "scale": {"values": ["clean", "wrong"]}, "direction": "higher", "clean_if": "clean"}]'
"""How criteria may look, in the place where they are written."""


def field_of(part: str, role: str) -> str:
    """The name of a template's text area."""
    return f"template:{part}:{role}"


def title_of(part: str) -> str:
    """The heading over a part's text areas."""
    return _("Prompt of part %(part)s") % {"part": part} if part else _("Prompt")


def templates_see() -> str:
    """What there is to write between double braces."""
    return _("The texts are Jinja2 templates without functions. They see: %(names)s.") % {"names": ", ".join(NAMES)}


def parts_of(text: str | None) -> list[str]:
    """The parts that a person wrote; one without a name where there is nothing."""
    return list(dict.fromkeys(part.strip() for part in (text or "").split(",") if part.strip())) or [""]


class ReadableJSONField(forms.JSONField):
    """JSON with a line for each entry; Japanese stays as it is."""

    def prepare_value(self, value: Any) -> Any:
        """What a person reads and edits; an empty area where there is nothing yet."""
        if value is None:
            return ""
        if isinstance(value, str):
            return super().prepare_value(value)
        return json.dumps(value, ensure_ascii=False, indent=2)


class RubricForm(forms.ModelForm):  # type: ignore[type-arg]
    """Refuses criteria and prompts that no judge could work with."""

    parts = forms.CharField(required=False, label=gettext_lazy("Names of the parts"), help_text=PART_HELP)

    class Meta:
        model = Rubric
        fields = RUBRIC_COLUMNS
        field_classes = {"criteria": ReadableJSONField}
        help_texts = {"criteria": CRITERIA_HELP}
        widgets = {"criteria": forms.Textarea(attrs={"placeholder": A_CRITERION})}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        stored = self.instance.prompts or {"": {}}
        self.fields["parts"].initial = ", ".join(part for part in stored if part)
        written = parts_of(self.data.get("parts")) if self.is_bound else list(stored)
        for part in written:
            for role in TEMPLATE_ROLES:
                self.fields[field_of(part, role)] = template_field(role, stored.get(part, {}).get(role, ""))

    def clean_criteria(self) -> Any:
        """Each must be readable."""
        criteria = self.cleaned_data["criteria"]
        if not isinstance(criteria, list) or not criteria:
            raise forms.ValidationError(_("Write a list with at least one criterion."))
        for data in criteria:
            if not isinstance(data, dict):
                raise forms.ValidationError(_("Every criterion is an object with name, scale, direction and clean_if."))
            try:
                criterion_from_json(data)
            except (ValueError, TypeError) as error:
                raise forms.ValidationError(str(error)) from error
        return criteria

    def clean(self) -> dict[str, Any]:
        """The templates must show what is judged, reach for nothing else, and render."""
        cleaned: dict[str, Any] = super().clean() or {}
        self.instance.prompts = self.written_prompts(cleaned)
        if not self.errors:
            rubric = Rubric(prompts=self.instance.prompts, **{name: cleaned[name] for name in RUBRIC_COLUMNS})
            for problem in check_prompts(rubric_spec_of(rubric)):
                self.add_error(None, problem)
        return cleaned

    def written_prompts(self, cleaned: dict[str, Any]) -> dict[str, dict[str, str]]:
        """What the text areas say. A rubric without any text has no prompt: it is for engines that compare."""
        found = {
            part: {role: text for role in TEMPLATE_ROLES if (text := cleaned.get(field_of(part, role)))}
            for part in parts_of(cleaned.get("parts"))
        }
        return {} if found == {"": {}} else found


def template_field(role: str, text: str) -> forms.CharField:
    """A text area for one template. Line ends are those of the database, and spaces at the ends belong to the text."""
    return TemplateField(
        label=role,
        initial=text,
        required=False,
        strip=False,
        help_text=ROLE_HELP[role],
        widget=forms.Textarea(attrs={"class": "template-text", "rows": rows_of(text), "spellcheck": "false"}),
    )


def rows_of(text: str) -> int:
    """As high as its text, within reason."""
    return min(30, max(3, text.count("\n") + 2))


class TemplateField(forms.CharField):
    """Text in which a browser's line ends are undone: saving without a change changes nothing."""

    def to_python(self, value: Any) -> str:
        """The text as it was."""
        return str(super().to_python(value)).replace("\r\n", "\n")


class JudgeForm(forms.ModelForm):  # type: ignore[type-arg]
    """Refuses what would fail only in the middle of a run."""

    engine = forms.ChoiceField(
        required=False, choices=[("", "–"), *((name, name) for name in sorted(ENGINES))], label=gettext_lazy("Engine")
    )

    class Meta:
        model = Judge
        fields = [*JUDGE_COLUMNS, "members"]
        field_classes = {"sampling": ReadableJSONField, "decision": ReadableJSONField}
        help_texts = {"sampling": SAMPLING_HELP, "decision": DECISION_HELP}

    def clean_sampling(self) -> Any:
        """Names and values that an engine can take."""
        return checked(self.cleaned_data["sampling"], check_sampling)

    def clean_decision(self) -> Any:
        """A rule that there is."""
        return checked(self.cleaned_data["decision"], check_decision)

    def clean(self) -> dict[str, Any]:
        """A judge that asks needs an engine and a rubric."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("kind") in {Judge.Kind.MODEL, Judge.Kind.REFERENCE}:
            for name in ("engine", "rubric"):
                if name not in self.errors and not cleaned.get(name):
                    self.add_error(name, _("A judge of this kind needs one."))
        if not self.errors and cleaned.get("rubric"):
            judge = Judge(**{name: cleaned[name] for name in JUDGE_COLUMNS})
            for problem in check_judge(spec_of(judge)):
                self.add_error("decision", problem)
        return cleaned


def checked(data: Any, check: Any) -> dict[str, Any]:
    """An object without problems; ValidationError with a sentence for each."""
    if data in (None, ""):
        return {}
    if not isinstance(data, dict):
        raise forms.ValidationError(_('Write an object, such as {"temperature": 0.1}.'))
    if problems := check(data):
        raise forms.ValidationError(problems)
    return data
