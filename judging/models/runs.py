"""Runs, the batches they are cut into, raw replies, and what was made of them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from judging.core.verdicts import Reason, Verdict
from judging.models.benchmarks import BenchmarkRun
from judging.models.datasets import Dataset, Item
from judging.models.judges import Judge
from judging.querysets import JudgmentQuerySet, RunBatchQuerySet, RunQuerySet

VERDICTS = [
    ("", _("none")),
    (Verdict.CLEAN.value, _("clean")),
    (Verdict.WRONG.value, _("wrong")),
    (Verdict.INVALID.value, _("invalid")),
]


class Status(models.TextChoices):
    """Whether a value could be read."""

    SCORED = "scored", _("scored")
    UNSCORED = "unscored", _("unscored")


class Run(models.Model):
    """One judge over one dataset; or one candidate model answering or choosing over one."""

    class Kind(models.TextChoices):
        JUDGE = "judge", _("judge")
        GENERATE = "generate", _("generate")
        CHOICE = "choice", _("choice")
        PANEL = "panel", _("panel")
        IMPORTED = "imported", _("imported")

    class State(models.TextChoices):
        PENDING = "pending", _("pending")
        RUNNING = "running", _("running")
        FINISHED = "finished", _("finished")
        CANCELLED = "cancelled", _("cancelled")
        FAILED = "failed", _("failed")

    dataset = models.ForeignKey(Dataset, verbose_name=_("dataset"), on_delete=models.CASCADE, related_name="runs")
    kind = models.CharField(verbose_name=_("kind"), max_length=10, choices=Kind.choices, default=Kind.JUDGE)
    judge = models.ForeignKey(
        Judge, verbose_name=_("judge"), null=True, blank=True, on_delete=models.PROTECT, related_name="runs"
    )
    model = models.CharField(
        verbose_name=_("model"), max_length=300, blank=True, help_text=_("The candidate, where one answers or chooses.")
    )
    scope = models.JSONField(verbose_name=_("scope"), default=dict, blank=True, help_text="limit, split, filter, seed")
    snapshot = models.JSONField(
        verbose_name=_("snapshot"), default=dict, blank=True, help_text=_("Everything that decides the outcome.")
    )
    benchmark_run = models.ForeignKey(
        BenchmarkRun,
        verbose_name=_("benchmark run"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="runs",
    )
    stage = models.CharField(
        verbose_name=_("stage"), max_length=10, blank=True, help_text=_("Of its benchmark: choices, answers, judging.")
    )
    candidate = models.PositiveIntegerField(
        verbose_name=_("candidate"), null=True, blank=True, help_text=_("Which of its benchmark's, from 0.")
    )
    repeat = models.PositiveIntegerField(
        verbose_name=_("repeat"), default=0, help_text=_("How often the judge graded the same answers before.")
    )
    state = models.CharField(verbose_name=_("state"), max_length=10, choices=State.choices, default=State.PENDING)
    error = models.TextField(verbose_name=_("error"), blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("made by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    created_at = models.DateTimeField(verbose_name=_("created at"), auto_now_add=True)
    started_at = models.DateTimeField(verbose_name=_("started at"), null=True, blank=True)
    finished_at = models.DateTimeField(verbose_name=_("finished at"), null=True, blank=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="run_without_judge_iff_candidate",
                condition=Q(judge__isnull=True, kind__in=["generate", "choice"])
                | (Q(judge__isnull=False) & ~Q(kind__in=["generate", "choice"])),
            ),
            models.UniqueConstraint(
                fields=["benchmark_run", "stage", "candidate", "repeat"],
                condition=Q(benchmark_run__isnull=False),
                name="run_once_per_stage_and_candidate",
            ),
        ]

    def __str__(self) -> str:
        return gettext("run %(pk)s") % {"pk": self.pk}

    def get_absolute_url(self) -> str:
        return reverse("run_detail", args=[self.pk])

    @property
    def is_over(self) -> bool:
        """Whether nobody works on it any more: finished, cancelled or failed."""
        return self.state not in {self.State.PENDING, self.State.RUNNING}


class RunBatch(models.Model):
    """A range of item positions of a run: the unit of commit, claimed by one worker at a time."""

    class State(models.TextChoices):
        PENDING = "pending", _("pending")
        CLAIMED = "claimed", _("claimed")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    run = models.ForeignKey(Run, verbose_name=_("run"), on_delete=models.CASCADE, related_name="batches")
    number = models.PositiveIntegerField(verbose_name=_("number"))
    first_position = models.PositiveIntegerField(
        verbose_name=_("first position"), help_text=_("First item position, included.")
    )
    last_position = models.PositiveIntegerField(
        verbose_name=_("last position"), help_text=_("Last item position, included.")
    )
    state = models.CharField(verbose_name=_("state"), max_length=10, choices=State.choices, default=State.PENDING)
    claimed_by = models.CharField(verbose_name=_("claimed by"), max_length=200, blank=True)
    claimed_at = models.DateTimeField(verbose_name=_("claimed at"), null=True, blank=True)
    attempts = models.PositiveIntegerField(verbose_name=_("attempts"), default=0)
    versions = models.JSONField(
        verbose_name=_("versions"), default=dict, blank=True, help_text=_("Software that judged this batch.")
    )
    error = models.TextField(verbose_name=_("error"), blank=True)

    objects = RunBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("run batch")
        verbose_name_plural = _("run batches")
        ordering = ["run", "number"]
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="run_batch_once")]
        indexes = [models.Index(fields=["run", "state"], name="run_batch_state")]

    def __str__(self) -> str:
        return gettext("batch %(number)s of run %(run)s") % {"number": self.number, "run": self.run_id}


class BatchCount(models.Model):
    """What a finished batch came to, so that the page of a run adds up batches and never groups its judgments.

    Derived, with one writer: `count_batch`, in the transaction that writes the batch; a run that came with a file is
    one batch. Verdicts and scores are those of the rubric's first criterion, tokens those of the replies.
    """

    batch = models.OneToOneField(
        RunBatch, verbose_name=_("batch"), primary_key=True, on_delete=models.CASCADE, related_name="counted"
    )
    run = models.ForeignKey(Run, verbose_name=_("run"), on_delete=models.CASCADE, related_name="counts")
    at = models.DateTimeField(verbose_name=_("time"))
    n_judged = models.PositiveIntegerField(verbose_name=_("n judged"), default=0)
    n_clean = models.PositiveIntegerField(verbose_name=_("n clean"), default=0)
    n_wrong = models.PositiveIntegerField(verbose_name=_("n wrong"), default=0)
    n_invalid = models.PositiveIntegerField(verbose_name=_("n invalid"), default=0)
    n_scores = models.PositiveIntegerField(verbose_name=_("n scores"), default=0)
    score_total = models.FloatField(verbose_name=_("score total"), default=0)
    tokens = models.PositiveBigIntegerField(verbose_name=_("tokens"), default=0)
    n_unscored = models.PositiveIntegerField(verbose_name=_("n unscored"), default=0)
    reasons = models.JSONField(
        verbose_name=_("reasons"), default=dict, help_text=_("How many items have no value, by reason.")
    )

    class Meta:
        verbose_name = _("batch count")
        verbose_name_plural = _("batch counts")
        indexes = [models.Index(fields=["run", "at"], name="batch_count_run_at")]

    def __str__(self) -> str:
        return gettext("%(n)s items of batch %(pk)s") % {"n": self.n_judged, "pk": self.pk}


class Reply(models.Model):
    """One raw answer of an engine: scored with a value, or unscored with a reason. Its text is kept."""

    run = models.ForeignKey(Run, verbose_name=_("run"), on_delete=models.CASCADE, related_name="replies")
    item = models.ForeignKey(Item, verbose_name=_("item"), on_delete=models.CASCADE, related_name="replies")
    part = models.CharField(
        verbose_name=_("part"), max_length=20, blank=True, help_text="'', turn_1, turn_2, ab, ba, attr_1, attr_2"
    )
    sample = models.PositiveIntegerField(verbose_name=_("sample"), default=0)
    attempt = models.PositiveIntegerField(verbose_name=_("attempt"), default=1)
    text = models.TextField(verbose_name=_("text"), blank=True)
    value = models.CharField(verbose_name=_("value"), max_length=100, null=True, blank=True)
    status = models.CharField(verbose_name=_("status"), max_length=10, choices=Status.choices)
    reason = models.CharField(
        verbose_name=_("reason"), max_length=20, blank=True, choices=[(r.value, r.value) for r in Reason]
    )
    detail = models.CharField(
        verbose_name=_("detail"), max_length=500, blank=True, help_text=_("What the engine said of its failure.")
    )
    finish = models.CharField(verbose_name=_("finish"), max_length=20, blank=True)
    tokens = models.PositiveIntegerField(verbose_name=_("tokens"), null=True, blank=True)
    ms = models.PositiveIntegerField(verbose_name=_("milliseconds"), null=True, blank=True)
    logprobs = models.JSONField(verbose_name=_("logprobs"), null=True, blank=True)

    class Meta:
        verbose_name = _("reply")
        verbose_name_plural = _("replies")
        ordering = ["run", "item", "part", "sample", "attempt"]
        constraints = [
            models.UniqueConstraint(fields=["run", "item", "part", "sample", "attempt"], name="reply_once"),
            models.CheckConstraint(
                name="reply_scored_iff_value",
                condition=Q(status="scored", value__isnull=False) | Q(status="unscored", value__isnull=True),
            ),
            models.CheckConstraint(
                name="reply_unscored_iff_reason",
                condition=(Q(status="scored") & Q(reason="")) | (Q(status="unscored") & ~Q(reason="")),
            ),
        ]

    def __str__(self) -> str:
        return gettext("reply %(pk)s of run %(run)s") % {"pk": self.pk, "run": self.run_id}


class Judgment(models.Model):
    """What the decision rule makes of an item's replies, per criterion. Rebuilt when one is asked again."""

    run = models.ForeignKey(Run, verbose_name=_("run"), on_delete=models.CASCADE, related_name="judgments")
    item = models.ForeignKey(Item, verbose_name=_("item"), on_delete=models.CASCADE, related_name="judgments")
    item_revision = models.PositiveIntegerField(verbose_name=_("item revision"), default=1)
    criterion = models.CharField(verbose_name=_("criterion"), max_length=100, blank=True)
    status = models.CharField(verbose_name=_("status"), max_length=10, choices=Status.choices)
    value = models.CharField(verbose_name=_("value"), max_length=100, blank=True, help_text="clean, 4, A, tie, B")
    score = models.FloatField(verbose_name=_("score"), null=True, blank=True)
    verdict = models.CharField(
        verbose_name=_("verdict"),
        max_length=10,
        blank=True,
        choices=VERDICTS,
    )
    reason = models.CharField(
        verbose_name=_("reason"), max_length=20, blank=True, choices=[(r.value, r.value) for r in Reason]
    )
    n_read = models.PositiveIntegerField(verbose_name=_("n read"), default=0, help_text=_("Replies with a value."))
    n_replies = models.PositiveIntegerField(verbose_name=_("n replies"), default=0)
    spread = models.FloatField(
        verbose_name=_("spread"), null=True, blank=True, help_text=_("Standard deviation of the replies' scores.")
    )
    imported = models.BooleanField(
        verbose_name=_("imported"), default=False, help_text=_("From a judge that ran elsewhere.")
    )
    detail = models.JSONField(verbose_name=_("detail"), default=dict, blank=True)

    objects = JudgmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("judgment")
        verbose_name_plural = _("judgments")
        ordering = ["run", "item", "criterion"]
        constraints = [
            models.UniqueConstraint(fields=["run", "item", "criterion"], name="judgment_once"),
            models.CheckConstraint(
                name="judgment_invalid_has_no_score",
                condition=~Q(verdict="invalid") | Q(score__isnull=True) | Q(imported=True),
            ),
            models.CheckConstraint(
                name="judgment_unscored_has_reason",
                condition=Q(status="scored") | (Q(status="unscored", value="") & ~Q(reason="")),
            ),
        ]
        indexes = [models.Index(fields=["run", "criterion", "value"], name="judgment_run_value")]

    def __str__(self) -> str:
        return gettext("judgment %(pk)s of run %(run)s") % {"pk": self.pk, "run": self.run_id}
