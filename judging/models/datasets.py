"""Datasets and their items."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from judging.querysets import DatasetQuerySet, ItemQuerySet


class Dataset(models.Model):
    """A named list of items. Rows arrive in committed batches and stay hidden until it is ready."""

    class State(models.TextChoices):
        IMPORTING = "importing", _("importing")
        READY = "ready", _("ready")
        FAILED = "failed", _("failed")

    name = models.CharField(verbose_name=_("name"), max_length=200, unique=True)
    column_map = models.JSONField(
        verbose_name=_("column map"), default=dict, blank=True, help_text=_("Which column of a table is what.")
    )
    state = models.CharField(verbose_name=_("state"), max_length=10, choices=State.choices, default=State.IMPORTING)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("made by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    at = models.DateTimeField(verbose_name=_("time"), auto_now_add=True)

    objects = DatasetQuerySet.as_manager()

    class Meta:
        verbose_name = _("dataset")
        verbose_name_plural = _("datasets")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("dataset_detail", args=[self.pk])


class ImportFile(models.Model):
    """A file that was imported into a dataset."""

    dataset = models.ForeignKey(Dataset, verbose_name=_("dataset"), on_delete=models.CASCADE, related_name="files")
    name = models.CharField(verbose_name=_("name"), max_length=500)
    sha256 = models.CharField(verbose_name=_("sha256"), max_length=64)
    format = models.CharField(verbose_name=_("format"), max_length=40)
    rows = models.PositiveIntegerField(verbose_name=_("rows"), default=0)
    header = models.JSONField(
        verbose_name=_("header"), default=dict, blank=True, help_text=_("What the file says of itself.")
    )
    at = models.DateTimeField(verbose_name=_("time"), auto_now_add=True)

    class Meta:
        verbose_name = _("import file")
        verbose_name_plural = _("import files")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class Item(models.Model):
    """What is judged: question (one or more turns), answer, and what helps judging it."""

    class Kind(models.TextChoices):
        ANSWER = "answer", _("answer")
        PAIR = "pair", _("pair")
        CHOICE = "choice", _("choice")

    class Split(models.TextChoices):
        NONE = "", _("none")
        DEV = "dev", _("dev")
        TEST = "test", _("test")

    class AnswerState(models.TextChoices):
        GIVEN = "given", _("given")
        MISSING = "missing", _("missing")
        FAILED = "failed", _("failed")

    dataset = models.ForeignKey(Dataset, verbose_name=_("dataset"), on_delete=models.CASCADE, related_name="items")
    key = models.CharField(
        verbose_name=_("key"),
        max_length=200,
        help_text=_("The file's id, or a hash of question, model and occurrence."),
    )
    position = models.PositiveIntegerField(verbose_name=_("position"), help_text=_("Order of import, from 1."))
    kind = models.CharField(verbose_name=_("kind"), max_length=10, choices=Kind.choices, default=Kind.ANSWER)
    question_key = models.CharField(
        verbose_name=_("question key"),
        max_length=64,
        help_text=_("The same for every model that answered the question."),
    )
    model = models.CharField(
        verbose_name=_("model"), max_length=200, blank=True, help_text=_("The model that answered.")
    )
    model_b = models.CharField(verbose_name=_("model b"), max_length=200, blank=True)
    category = models.CharField(verbose_name=_("category"), max_length=200, blank=True)
    split = models.CharField(
        verbose_name=pgettext_lazy("of a dataset", "split"),
        max_length=4,
        choices=Split.choices,
        default=Split.NONE,
        blank=True,
    )
    turns = models.JSONField(verbose_name=_("turns"), help_text="[{question, answer, reference}]")
    turns_b = models.JSONField(verbose_name=_("turns b"), null=True, blank=True)
    choices = models.JSONField(verbose_name=_("choices"), null=True, blank=True)
    gold_choice = models.CharField(verbose_name=_("gold choice"), max_length=20, blank=True)
    context = models.TextField(verbose_name=_("context"), blank=True)
    criteria = models.TextField(verbose_name=_("criteria"), blank=True, help_text=_("This item's own criteria."))
    answer_state = models.CharField(
        verbose_name=_("answer state"), max_length=10, choices=AnswerState.choices, default=AnswerState.GIVEN
    )
    answer_reason = models.CharField(verbose_name=_("answer reason"), max_length=200, blank=True)
    extra = models.JSONField(
        verbose_name=pgettext_lazy("of a file", "extra"),
        default=dict,
        blank=True,
        help_text=_("Unknown keys of the file, returned on export."),
    )
    revision = models.PositiveIntegerField(verbose_name=_("revision"), default=1)

    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("item")
        verbose_name_plural = _("items")
        ordering = ["dataset", "position"]
        constraints = [
            models.UniqueConstraint(fields=["dataset", "key"], name="item_key_once_per_dataset"),
            models.CheckConstraint(
                name="item_pair_iff_turns_b",
                condition=Q(kind="pair", turns_b__isnull=False) | (~Q(kind="pair") & Q(turns_b__isnull=True)),
            ),
            models.CheckConstraint(
                name="item_choice_iff_choices",
                condition=Q(kind="choice", choices__isnull=False) | (~Q(kind="choice") & Q(choices__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(fields=["dataset", "position"], name="item_dataset_position"),
            models.Index(fields=["dataset", "question_key"], name="item_dataset_question"),
            # A page of a rare category or model, in the order of import.
            models.Index(fields=["dataset", "category", "position"], name="item_dataset_category"),
            models.Index(fields=["dataset", "model", "position"], name="item_dataset_model"),
        ]

    def __str__(self) -> str:
        return f"{self.dataset} {self.position}"

    @property
    def question(self) -> str:
        """Question of the first turn."""
        return str(self.turns[0]["question"])

    @property
    def answer(self) -> str:
        """Answer of the first turn."""
        return str(self.turns[0]["answer"])

    @property
    def reference(self) -> str:
        """Reference of the first turn."""
        return str(self.turns[0]["reference"])


class ItemRevision(models.Model):
    """What an item said before its text changed."""

    item = models.ForeignKey(Item, verbose_name=_("item"), on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField(verbose_name=_("number"), help_text=_("The revision that these fields were."))
    fields = models.JSONField(verbose_name=_("fields"), help_text=_("The old values of the fields that changed."))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("author"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    reason = models.CharField(verbose_name=_("reason"), max_length=200)
    at = models.DateTimeField(verbose_name=_("time"), auto_now_add=True)

    class Meta:
        verbose_name = _("item revision")
        verbose_name_plural = _("item revisions")
        ordering = ["item", "number"]
        constraints = [models.UniqueConstraint(fields=["item", "number"], name="item_revision_once")]

    def __str__(self) -> str:
        return gettext("revision %(number)s of %(item)s") % {"number": self.number, "item": self.item}
