"""What the pages that make and change a campaign send."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.contrib.auth.models import Group, User
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from annotation.core.design import Design, Stratum
from annotation.core.positions import MOST, NoPositions, positions_in
from annotation.core.rules import CampaignRules, Skipped
from annotation.core.words import Terms
from annotation.forms.review import plain
from annotation.models import Campaign
from judging.models import Dataset, Rubric, Run
from judging.permissions import Role

Parts = tuple[tuple[Any, tuple[str, ...]], ...]
MOST_ERROR_TYPES = 50
ERROR_TYPE_LENGTH = 100
ORDERS = [
    (Campaign.Order.SEQUENTIAL, _("as imported")),
    (Campaign.Order.RANDOM, _("random, by the seed")),
    (Campaign.Order.STRATIFIED, _("stratified, random within each part")),
    (Campaign.Order.JUDGE_HUMAN, _("judge against earlier labels first")),
    (Campaign.Order.JUDGE_JUDGE, _("judge against another judge first")),
    (Campaign.Order.LOWEST_MARGIN, _("least certain judgments first")),
]
DISTRIBUTIONS = [
    (Campaign.Distribution.DEALT, _("dealt: every item has its people from the start")),
    (Campaign.Distribution.PULLED, _("pulled: people draw the next item that wants a label")),
]
STRATA = [
    ("", _("nothing")),
    (Stratum.CATEGORY, _("category")),
    (Stratum.MODEL, _("model")),
    (Stratum.VERDICT, _("verdict of the judge")),
]
SKIPPED = [
    ("", _("as usual: to others where items are pulled, to nobody where they are dealt")),
    (Skipped.OTHERS, _("goes to somebody else")),
    (Skipped.ME, _("comes again at the end of one's own queue")),
    (Skipped.IGNORE, _("stays skipped")),
    (Skipped.NEVER, _("there is none: nothing can be skipped")),
]


class RulesForm(forms.Form):
    """The rules that a lead may change at any time."""

    name = forms.CharField(max_length=200, label=_("Name"))
    run = forms.ModelChoiceField(
        Run.objects.none(),
        required=False,
        label=_("Judge shown beside"),
        help_text=_("A run over the same dataset. While the campaign is blind, its word is shown after submitting."),
        empty_label=_("none"),
    )
    rubric = forms.ModelChoiceField(
        Rubric.objects.none(),
        required=False,
        label=_("Rubric"),
        help_text=_(
            "Its criteria, scores or sides are what people are asked. Without one it is good, undefined or bad."
        ),
        empty_label=_("none: good, undefined or bad"),
    )
    blind_people = forms.BooleanField(
        required=False, initial=True, label=_("Hide other people's labels and comments until submitting")
    )
    blind_judge = forms.BooleanField(required=False, initial=True, label=_("Hide the judge until submitting"))
    blind_model = forms.BooleanField(
        required=False, initial=True, label=_("Hide the name of the answering model until submitting")
    )
    guideline = forms.CharField(
        required=False,
        widget=forms.Textarea,
        label=_("Guideline"),
        help_text=_("Shown beside every item; Markdown. A change is a new version, and every label names its own."),
    )
    error_types = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        label=_("Error types"),
        help_text=_("One a line; people choose from them. What was chosen stays on its labels."),
    )
    comment_on_skip = forms.BooleanField(required=False, label=_("Skipping needs a reason"))
    comment_on_override = forms.BooleanField(
        required=False, label=_("A label unlike the judge's visible word needs a comment")
    )
    skipped = forms.ChoiceField(required=False, choices=SKIPPED, label=_("A skipped item"))
    hold_minutes = forms.IntegerField(
        min_value=1,
        max_value=7 * 24 * 60,
        initial=30,
        label=_("Minutes an open item is held"),
        help_text=_("In a pulled campaign, until others may have it."),
    )
    extra_below = forms.FloatField(
        required=False,
        min_value=1,
        max_value=100,
        label=_("One more annotator below, in %"),
        help_text=_("Where fewer of the pairs of people agree on an item. Empty: never."),
    )
    extra_most = forms.IntegerField(min_value=1, max_value=20, initial=1, label=_("More annotators at most"))
    known_share = forms.FloatField(
        required=False,
        min_value=0,
        max_value=50,
        initial=0,
        label=_("Known items among the drawn ones, in %"),
        help_text=_("Mark items as known in the campaign's list of items. Only leads see how people do on them."),
    )

    PARTS: ClassVar[Parts] = (
        (_("What is asked"), ("name", "run", "rubric")),
        (_("What is hidden"), ("blind_people", "blind_judge", "blind_model")),
        (_("Guideline"), ("guideline", "error_types")),
        (
            _("Rules"),
            (
                "comment_on_skip",
                "comment_on_override",
                "skipped",
                "hold_minutes",
                "extra_below",
                "extra_most",
                "known_share",
            ),
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choose("run", runs(), run_name)
        self.choose("rubric", Rubric.objects.order_by("name", "-version"), str)

    def choose(self, name: str, rows: Any, label: Any) -> None:
        """Give a field what there is to choose from."""
        self.fields[name].queryset = rows  # type: ignore[attr-defined]
        self.fields[name].label_from_instance = label  # type: ignore[attr-defined]

    def parts(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The fields under their headings."""
        return [(heading, [self[name] for name in names]) for heading, names in self.PARTS]

    def clean_error_types(self) -> tuple[str, ...]:
        """The list, each once, in the lead's order."""
        names = tuple(
            dict.fromkeys(line.strip() for line in self.cleaned_data["error_types"].splitlines() if line.strip())
        )
        if len(names) > MOST_ERROR_TYPES or any(len(name) > ERROR_TYPE_LENGTH for name in names):
            raise forms.ValidationError(_("At most 50 error types of at most 100 characters each."))
        return names

    def rules(self) -> CampaignRules:
        """The rules, without the people."""
        data = self.cleaned_data
        below = data["extra_below"]
        return CampaignRules(
            error_types=data["error_types"],
            comment_on_skip=data["comment_on_skip"],
            comment_on_override=data["comment_on_override"],
            skipped=data["skipped"],
            extra_below=below / 100 if below else None,
            extra_most=data["extra_most"],
            known_share=(data["known_share"] or 0) / 100,
        )

    def terms(self) -> Terms:
        """What annotators are asked and will see."""
        data = self.cleaned_data
        return Terms(
            blind_people=data["blind_people"],
            blind_judge=data["blind_judge"],
            blind_model=data["blind_model"],
            guideline=plain(data["guideline"]),
            rubric=data["rubric"].pk if data["rubric"] else None,
        )


class CampaignForm(RulesForm):
    """A new campaign: besides the rules, its items and its people."""

    dataset = forms.ModelChoiceField(Dataset.objects.none(), label=_("Dataset"))
    distribution = forms.ChoiceField(
        choices=DISTRIBUTIONS, initial=Campaign.Distribution.DEALT, required=False, label=_("Items are")
    )
    annotators = forms.ModelMultipleChoiceField(
        User.objects.none(),
        required=False,
        label=_("Annotators"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Members of the groups annotator and lead."),
    )
    group = forms.ModelChoiceField(
        Group.objects.none(),
        required=False,
        to_field_name="name",
        label=_("Or a group"),
        help_text=_("Its members at any time; only where items are pulled."),
        empty_label=_("none"),
    )
    labels_per_item = forms.IntegerField(min_value=1, max_value=50, initial=2, label=_("Labels per item"))
    share = forms.FloatField(
        required=False,
        min_value=0.1,
        max_value=100,
        initial=100,
        label=_("Share of items with all labels, in %"),
        help_text=_("The others get one label."),
    )
    order = forms.ChoiceField(choices=ORDERS, label=_("Order"))
    stratify_by = forms.ChoiceField(required=False, choices=STRATA, label=_("Divide items by"))
    sample = forms.IntegerField(
        required=False,
        min_value=1,
        label=_("Sample"),
        help_text=_("So many items, drawn by the seed: figures of them speak for all. Empty: every item."),
    )
    limit = forms.IntegerField(
        required=False,
        min_value=1,
        label=_("Or only the first"),
        help_text=_("So many items of the order: they speak for themselves alone."),
    )
    seed = forms.IntegerField(min_value=0, max_value=2**31 - 1, initial=0, label=_("Seed"))
    positions = forms.CharField(
        required=False,
        label=_("Only these items"),
        help_text=_("Their numbers in the dataset, as in 3, 7-12: picked by hand, they speak for themselves alone."),
    )
    judge_run2 = forms.ModelChoiceField(
        Run.objects.none(),
        required=False,
        label=_("The other judge"),
        help_text=_("For the order judge against another judge."),
        empty_label=_("none"),
    )
    PARTS: ClassVar[Parts] = (
        (_("What is asked"), ("dataset", "name", "run", "rubric")),
        (pgettext_lazy("campaign", "People"), ("distribution", "annotators", "group", "labels_per_item", "share")),
        (_("Items and their order"), ("positions", "order", "judge_run2", "stratify_by", "sample", "limit", "seed")),
        *RulesForm.PARTS[1:],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = Q(groups__name__in=[Role.ANNOTATOR, Role.LEAD])
        self.choose("dataset", Dataset.objects.ready(), str)
        self.choose("judge_run2", runs(), run_name)
        self.choose("annotators", User.objects.filter(roles, is_active=True).distinct().order_by("username"), str)
        self.choose("group", Group.objects.order_by("name"), str)
        for name in ("hold_minutes", "extra_most"):
            self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        """People or a group: one of them."""
        data = super().clean() or self.cleaned_data
        if "annotators" in data and not data["annotators"] and not data.get("group"):
            self.add_error("annotators", _("Choose at least one annotator, or a group."))
        data["hold_minutes"] = data.get("hold_minutes") or self.fields["hold_minutes"].initial
        data["extra_most"] = data.get("extra_most") or self.fields["extra_most"].initial
        return data

    def clean_positions(self) -> list[int]:
        """The numbers; none means every item."""
        try:
            return positions_in(self.cleaned_data["positions"])
        except NoPositions as odd:
            if odd.word:
                said = _("%(word)s is no number of an item.")
                raise forms.ValidationError(said, params={"word": odd.word}) from odd
            said = _("These are too many: at most %(most)s are picked by hand.")
            raise forms.ValidationError(said, params={"most": f"{MOST:,}"}) from odd

    def design(self) -> Design:
        """How the campaign is set up."""
        data = self.cleaned_data
        return Design(
            sample=data["sample"],
            limit=data["limit"],
            stratify_by=data["stratify_by"],
            share=(data["share"] or 100) / 100,
            distribution=data["distribution"] or Campaign.Distribution.DEALT.value,
            group=data["group"].name if data["group"] else "",
            hold_seconds=data["hold_minutes"] * 60,
            judge_run2=data["judge_run2"].pk if data["judge_run2"] else None,
            rules=self.rules(),
        )


class PeopleForm(forms.Form):
    """Who joins, who leaves, and whose open items others take over."""

    ADD, REMOVE, HAND_OVER = "add", "remove", "hand_over"
    action = forms.ChoiceField(choices=[(ADD, ADD), (REMOVE, REMOVE), (HAND_OVER, HAND_OVER)])
    names = forms.CharField(required=False)
    giver = forms.IntegerField(required=False)
    takers = forms.TypedMultipleChoiceField(required=False, coerce=int)
    count = forms.IntegerField(required=False, min_value=1)

    def __init__(self, data: Mapping[str, Any], *, people: Mapping[int, str]) -> None:
        super().__init__(data)
        self.fields["takers"].choices = list(people.items())  # type: ignore[attr-defined]


def runs() -> Any:
    """Runs of a judge."""
    return Run.objects.filter(judge__isnull=False).select_related("judge", "dataset")


def run_name(run: Run) -> str:
    """A run as a lead knows it."""
    return f"{run.dataset} · {run.judge} · {run}"


def percent(share: float) -> float | int:
    """A share in per cent as somebody would type it."""
    found = round(share * 100, 3)
    return int(found) if found == int(found) else found


def initial_of(campaign: Campaign, guideline: str) -> dict[str, Any]:
    """The fields of a campaign as it is, for changing it and for another one like it."""
    rules = CampaignRules.from_json(campaign.rules)
    return {
        "dataset": campaign.dataset_id,
        "name": campaign.name,
        "run": campaign.run_id,
        "rubric": campaign.rubric_id,
        "distribution": campaign.distribution,
        "annotators": User.objects.filter(username__in=rules.annotators),
        "group": campaign.group,
        "labels_per_item": campaign.labels_per_item,
        "share": percent(campaign.share),
        "order": campaign.order,
        "stratify_by": rules.stratify_by,
        "sample": rules.sample,
        "limit": rules.limit,
        "seed": campaign.seed,
        "judge_run2": rules.judge_run2,
        "blind_people": campaign.blind_people,
        "blind_judge": campaign.blind_judge,
        "blind_model": campaign.blind_model,
        "guideline": guideline,
        "error_types": "\n".join(rules.error_types),
        "comment_on_skip": rules.comment_on_skip,
        "comment_on_override": rules.comment_on_override,
        "skipped": rules.skipped,
        "hold_minutes": max(1, round(campaign.hold_seconds / 60)),
        "extra_below": None if rules.extra_below is None else percent(rules.extra_below),
        "extra_most": rules.extra_most,
        "known_share": percent(rules.known_share),
    }
