"""Who reviews which items under which rules."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from annotation.core.asked import criteria_asked
from annotation.core.kept import Columns, columns_of, declared_columns, widened
from annotation.core.lead_reasons import BY_LEADS
from annotation.core.rules import CampaignRules
from annotation.querysets import AssignmentQuerySet, CampaignQuerySet
from judging.core.scales import Criterion
from judging.models import Dataset, Item, Rubric, Run
from judging.prepared import Planned


class Annotator(models.Model):
    """A person who labels; `positional` where only the column of somebody's table is known."""

    class Identity(models.TextChoices):
        KNOWN = "known", _("known")
        POSITIONAL = "positional", _("positional")

    name = models.CharField(verbose_name=_("name"), max_length=150)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="annotator",
    )
    source = models.CharField(
        verbose_name=_("source"), max_length=200, blank=True, help_text=_("The table a positional annotator is from.")
    )
    identity = models.CharField(
        verbose_name=_("identity"), max_length=10, choices=Identity.choices, default=Identity.KNOWN
    )

    class Meta:
        verbose_name = _("annotator")
        verbose_name_plural = _("annotators")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["name", "source"], name="annotator_name_once_per_source")]

    def __str__(self) -> str:
        return self.name


class Campaign(models.Model):
    """Which people review which items under which rules."""

    class Kind(models.TextChoices):
        REVIEW = "review", _("review")
        IMPORTED = "imported", _("imported")

    class Order(models.TextChoices):
        SEQUENTIAL = "sequential", _("sequential")
        RANDOM = "random", _("random")
        STRATIFIED = "stratified", _("stratified")
        JUDGE_HUMAN = "judge_human", _("judge human")
        JUDGE_JUDGE = "judge_judge", _("judge judge")
        LOWEST_MARGIN = "lowest_margin", _("lowest margin")

    class Distribution(models.TextChoices):
        DEALT = "dealt", _("dealt")
        PULLED = "pulled", _("pulled")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("campaign", "open")
        CLOSED = "closed", _("closed")

    dataset = models.ForeignKey(Dataset, verbose_name=_("dataset"), on_delete=models.CASCADE, related_name="+")
    name = models.CharField(verbose_name=_("name"), max_length=200)
    kind = models.CharField(verbose_name=_("kind"), max_length=10, choices=Kind.choices, default=Kind.REVIEW)
    rubric = models.ForeignKey(
        Rubric, verbose_name=_("rubric"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    run = models.ForeignKey(
        Run,
        verbose_name=_("run"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("The judge shown beside."),
    )
    distribution = models.CharField(
        verbose_name=_("distribution"),
        max_length=10,
        choices=Distribution.choices,
        default=Distribution.DEALT,
        help_text=_(
            "dealt: every item has its people from the start; pulled: people draw the next item that wants one."
        ),
    )
    group = models.CharField(
        verbose_name=_("group"),
        max_length=150,
        blank=True,
        help_text=_("Its members are the annotators of a pulled campaign."),
    )
    labels_per_item = models.PositiveIntegerField(verbose_name=_("labels per item"), default=2)
    share = models.FloatField(
        verbose_name=_("share"), default=1.0, help_text=_("Share of the items that get labels_per_item labels.")
    )
    order = models.CharField(verbose_name=_("order"), max_length=20, choices=Order.choices, default=Order.SEQUENTIAL)
    seed = models.PositiveIntegerField(verbose_name=_("seed"), default=0)
    blind_people = models.BooleanField(
        verbose_name=_("blind people"), default=True, help_text=_("Other people's labels are hidden until submitting.")
    )
    blind_judge = models.BooleanField(
        verbose_name=_("blind judge"), default=True, help_text=_("The judge's word is hidden until submitting.")
    )
    blind_model = models.BooleanField(
        verbose_name=_("blind model"), default=True, help_text=_("The answering model's name is hidden.")
    )
    rules = models.JSONField(verbose_name=_("rules"), default=dict, blank=True)
    hold_seconds = models.PositiveIntegerField(verbose_name=_("hold seconds"), default=1800)
    state = models.CharField(verbose_name=_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    at = models.DateTimeField(verbose_name=_("time"), auto_now_add=True)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["dataset", "name"], name="campaign_name_once_per_dataset"),
            models.CheckConstraint(name="campaign_share_is_a_share", condition=Q(share__gt=0, share__lte=1)),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("campaign_detail", args=[self.pk])

    @cached_property
    def newest_guideline(self) -> "Guideline | None":
        """What is labelled by, read once for each time that a campaign was read."""
        return NEWEST_GUIDELINE.first(self.pk)

    def declared_scale(self, criterion: str) -> tuple[str, ...]:
        """Every value of a criterion in order, used or not, as imported tables declare it; none where they do not."""
        return tuple(CampaignRules.from_json(self.rules).scales.get(criterion, ()))

    def columns_asked(self, criterion: str) -> Columns:
        """What the campaign's own rubric asks for, and what imported tables declare."""
        known = {found.name: found for found in self.rubric.parsed_criteria()} if self.rubric else {}
        return widened(columns_of(known.get(criterion)), declared_columns(self.declared_scale(criterion)))

    @property
    def is_pulled(self) -> bool:
        """Whether people draw their items one by one."""
        return self.distribution == self.Distribution.PULLED


class Guideline(models.Model):
    """How to label, in Markdown; a change is a new version, and every label names the one it followed."""

    campaign = models.ForeignKey(
        Campaign, verbose_name=_("campaign"), on_delete=models.CASCADE, related_name="guidelines"
    )
    version = models.PositiveIntegerField(verbose_name=_("version"), default=1)
    text = models.TextField(verbose_name=_("text"))
    at = models.DateTimeField(verbose_name=_("time"), auto_now_add=True)

    class Meta:
        verbose_name = _("guideline")
        verbose_name_plural = _("guidelines")
        ordering = ["campaign", "-version"]
        constraints = [models.UniqueConstraint(fields=["campaign", "version"], name="guideline_version_once")]

    def __str__(self) -> str:
        return f"{self.campaign} v{self.version}"


NEWEST_GUIDELINE = Planned(lambda campaign: Guideline.objects.filter(campaign=campaign).order_by("-version")[:1], 1)


class CampaignItem(models.Model):
    """An item in a campaign, with how it was chosen. Chosen by hand, it has no probability."""

    class How(models.TextChoices):
        ALL = "all", _("all")
        RANDOM = "random", _("random")
        STRATIFIED = "stratified", _("stratified")
        DISAGREEMENT = "disagreement", _("disagreement")
        HAND = "hand", _("hand")
        CHECK = "check", _("check")

    campaign = models.ForeignKey(
        Campaign, verbose_name=_("campaign"), on_delete=models.CASCADE, related_name="campaign_items"
    )
    item = models.ForeignKey(Item, verbose_name=_("item"), on_delete=models.CASCADE, related_name="+")
    rank = models.PositiveIntegerField(verbose_name=_("rank"))
    how = models.CharField(verbose_name=_("how chosen"), max_length=15, choices=How.choices, default=How.ALL)
    stratum = models.CharField(verbose_name=_("stratum"), max_length=100, blank=True)
    probability = models.FloatField(verbose_name=_("probability"), null=True, blank=True, default=1.0)
    wanted = models.PositiveIntegerField(verbose_name=_("wanted"), default=1, help_text=_("Labels wanted."))
    taken = models.PositiveIntegerField(verbose_name=_("taken"), default=0, help_text=_("Places taken by assignments."))
    extra = models.PositiveIntegerField(
        verbose_name=_("extra"), default=0, help_text=_("Labels wanted beyond the plan, because people disagree.")
    )
    returned = models.BooleanField(
        verbose_name=_("returned"),
        default=False,
        help_text=_("A place came free or was added: drawn before fresh items."),
    )
    known_value = models.CharField(verbose_name=_("known value"), max_length=100, blank=True)
    for_adjudication = models.BooleanField(
        verbose_name=_("for adjudication"), default=False, help_text=_("A lead sent it to the adjudication page.")
    )
    unskippable = models.BooleanField(
        verbose_name=_("unskippable"), default=False, help_text=_("Nobody may skip it: it is decided or put off.")
    )

    class Meta:
        verbose_name = _("campaign item")
        verbose_name_plural = _("campaign items")
        ordering = ["campaign", "rank"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "item"], name="campaign_item_once"),
            models.CheckConstraint(
                name="campaign_item_probability_is_one",
                condition=Q(probability__isnull=True) | Q(probability__gt=0, probability__lte=1),
            ),
            models.CheckConstraint(
                name="campaign_item_by_hand_has_no_probability",
                condition=~Q(how="hand") | Q(probability__isnull=True),
            ),
            models.CheckConstraint(name="campaign_item_not_overtaken", condition=Q(taken__lte=F("wanted"))),
        ]
        indexes = [
            # Drawing the next item is one step in the first two, however many items there are. A check item wants as
            # many labels as it has places, so that it is never among them.
            models.Index(fields=["campaign", "rank"], condition=Q(taken__lt=F("wanted")), name="campaign_item_free"),
            models.Index(
                fields=["campaign", "rank"],
                condition=Q(returned=True, taken__lt=F("wanted")),
                name="campaign_item_returned",
            ),
            models.Index(fields=["campaign", "how", "rank"], name="campaign_item_how"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} {self.rank}"


class Assignment(models.Model):
    """One item in one annotator's queue. The draft is one updated JSON here and never a label."""

    class State(models.TextChoices):
        PENDING = "pending", _("pending")
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("submitted")
        SKIPPED = "skipped", _("skipped")

    # The campaign of campaign_item, once more: without it no index holds one person's queue in one campaign.
    campaign = models.ForeignKey(
        Campaign, verbose_name=_("campaign"), on_delete=models.CASCADE, related_name="assignments"
    )
    campaign_item = models.ForeignKey(
        CampaignItem, verbose_name=_("campaign item"), on_delete=models.CASCADE, related_name="assignments"
    )
    annotator = models.ForeignKey(
        Annotator, verbose_name=_("annotator"), on_delete=models.PROTECT, related_name="assignments"
    )
    state = models.CharField(verbose_name=_("state"), max_length=10, choices=State.choices, default=State.PENDING)
    placed = models.BooleanField(
        verbose_name=_("placed"),
        default=True,
        help_text=_("Has one of the item's places; a label without a place is surplus."),
    )
    held_until = models.DateTimeField(
        verbose_name=_("held until"),
        null=True,
        blank=True,
        help_text=_("Until when an open place of a pulled campaign is kept for its annotator."),
    )
    swapped = models.BooleanField(
        verbose_name=_("swapped"), default=False, help_text=_("Sides of a pair are shown the other way round.")
    )
    queue_rank = models.PositiveIntegerField(
        verbose_name=_("queue rank"), help_text=_("Place in this annotator's queue of the campaign, from 1.")
    )
    lap = models.PositiveIntegerField(
        verbose_name=_("lap"), default=0, help_text=_("How often it was put to the end of its annotator's queue.")
    )
    draft = models.JSONField(verbose_name=_("draft"), default=dict, blank=True)
    draft_rev = models.PositiveIntegerField(
        verbose_name=_("draft rev"), default=0, help_text=_("Counts draft writes; an older one is refused.")
    )
    skip_reason = models.CharField(verbose_name=_("skip reason"), max_length=500, blank=True)
    starred = models.BooleanField(
        verbose_name=_("starred"), default=False, help_text=_("Its annotator wants to look at it again.")
    )
    opened_at = models.DateTimeField(verbose_name=_("opened at"), null=True, blank=True)
    revealed_at = models.DateTimeField(
        verbose_name=_("revealed at"),
        null=True,
        blank=True,
        help_text=_("When the judge's word was first on this annotator's screen."),
    )

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["annotator", "queue_rank"]
        constraints = [
            models.UniqueConstraint(fields=["campaign_item", "annotator"], name="assignment_once_per_annotator"),
            models.UniqueConstraint(fields=["campaign", "annotator", "queue_rank"], name="assignment_rank_once"),
        ]
        indexes = [
            models.Index(fields=["campaign", "annotator", "state", "lap", "queue_rank"], name="assignment_queue"),
            models.Index(
                fields=["campaign", "held_until"], condition=Q(held_until__isnull=False), name="assignment_held"
            ),
            models.Index(
                fields=["campaign", "annotator", "queue_rank"], condition=Q(starred=True), name="assignment_starred"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.annotator} {self.queue_rank}"

    @property
    def is_untouched(self) -> bool:
        """Whether its annotator has never said or typed anything here that was stored."""
        return self.state == self.State.PENDING and self.draft_rev == 0

    @property
    def is_put_aside(self) -> bool:
        """Whether a lead's action closed it, so that nobody skipped it."""
        return self.state == self.State.SKIPPED and self.skip_reason in BY_LEADS

    @property
    def is_open(self) -> bool:
        """Whether it still wants a decision."""
        return self.state in (self.State.PENDING, self.State.DRAFT)

    def asked(self) -> tuple[Criterion, ...]:
        """What its annotator is asked about the item: the rubric's criteria, as far as they are about such an item."""
        rubric, item = self.campaign.rubric, self.campaign_item.item
        return criteria_asked(rubric.parsed_criteria() if rubric else (), is_pair=item.kind == Item.Kind.PAIR)
