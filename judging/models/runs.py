"""Runs, the batches they are cut into, raw replies, and what was made of them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from judging.core.verdicts import Reason, Verdict
from judging.models.benchmarks import BenchmarkRun
from judging.models.datasets import Dataset, Item
from judging.models.judges import Judge
from judging.querysets import JudgmentQuerySet, RunBatchQuerySet, RunQuerySet


class Status(models.TextChoices):
    """Whether a value could be read."""

    SCORED = "scored"
    UNSCORED = "unscored"


class Run(models.Model):
    """One judge over one dataset; or one candidate model answering or choosing over one."""

    class Kind(models.TextChoices):
        JUDGE = "judge"
        GENERATE = "generate"
        CHOICE = "choice"
        PANEL = "panel"
        IMPORTED = "imported"

    class State(models.TextChoices):
        PENDING = "pending"
        RUNNING = "running"
        FINISHED = "finished"
        CANCELLED = "cancelled"
        FAILED = "failed"

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="runs")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.JUDGE)
    judge = models.ForeignKey(Judge, null=True, blank=True, on_delete=models.PROTECT, related_name="runs")
    model = models.CharField(max_length=300, blank=True, help_text="The candidate, where one answers or chooses.")
    scope = models.JSONField(default=dict, blank=True, help_text="limit, split, filter, seed")
    snapshot = models.JSONField(default=dict, blank=True, help_text="Everything that decides the outcome.")
    benchmark_run = models.ForeignKey(
        BenchmarkRun, null=True, blank=True, on_delete=models.SET_NULL, related_name="runs"
    )
    stage = models.CharField(max_length=10, blank=True, help_text="Of its benchmark: choices, answers, judging.")
    candidate = models.PositiveIntegerField(null=True, blank=True, help_text="Which of its benchmark's, from 0.")
    repeat = models.PositiveIntegerField(default=0, help_text="How often the judge graded the same answers before.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    error = models.TextField(blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = RunQuerySet.as_manager()

    class Meta:
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
        return f"run {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("run_detail", args=[self.pk])

    @property
    def is_over(self) -> bool:
        """Whether nobody works on it any more: finished, cancelled or failed."""
        return self.state not in {self.State.PENDING, self.State.RUNNING}


class RunBatch(models.Model):
    """A range of item positions of a run: the unit of commit, claimed by one worker at a time."""

    class State(models.TextChoices):
        PENDING = "pending"
        CLAIMED = "claimed"
        DONE = "done"
        FAILED = "failed"

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="batches")
    number = models.PositiveIntegerField()
    first_position = models.PositiveIntegerField(help_text="First item position, included.")
    last_position = models.PositiveIntegerField(help_text="Last item position, included.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    claimed_by = models.CharField(max_length=200, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    versions = models.JSONField(default=dict, blank=True, help_text="Software that judged this batch.")
    error = models.TextField(blank=True)

    objects = RunBatchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "run batches"
        ordering = ["run", "number"]
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="run_batch_once")]
        indexes = [models.Index(fields=["run", "state"], name="run_batch_state")]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.number}"


class BatchCount(models.Model):
    """What a finished batch came to, so that the page of a run adds up batches and never groups its judgments.

    Derived, with one writer: `count_batch`, in the transaction that writes the batch. Verdicts and scores are those of
    the rubric's first criterion, tokens those of the replies.
    """

    batch = models.OneToOneField(RunBatch, primary_key=True, on_delete=models.CASCADE, related_name="counted")
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="counts")
    at = models.DateTimeField()
    n_judged = models.PositiveIntegerField(default=0)
    n_clean = models.PositiveIntegerField(default=0)
    n_wrong = models.PositiveIntegerField(default=0)
    n_invalid = models.PositiveIntegerField(default=0)
    n_scores = models.PositiveIntegerField(default=0)
    score_total = models.FloatField(default=0)
    tokens = models.PositiveBigIntegerField(default=0)
    n_unscored = models.PositiveIntegerField(default=0)
    reasons = models.JSONField(default=dict, help_text="How many items have no value, by reason.")

    class Meta:
        indexes = [models.Index(fields=["run", "at"], name="batch_count_run_at")]

    def __str__(self) -> str:
        return f"{self.n_judged} items of batch {self.pk}"


class Reply(models.Model):
    """One raw answer of an engine: scored with a value, or unscored with a reason. Its text is kept."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="replies")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="replies")
    part = models.CharField(max_length=20, blank=True, help_text="'', turn_1, turn_2, ab, ba, attr_1, attr_2")
    sample = models.PositiveIntegerField(default=0)
    attempt = models.PositiveIntegerField(default=1)
    text = models.TextField(blank=True)
    value = models.CharField(max_length=100, null=True, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices)
    reason = models.CharField(max_length=20, blank=True, choices=[(r.value, r.value) for r in Reason])
    detail = models.CharField(max_length=500, blank=True, help_text="What the engine said of its failure.")
    finish = models.CharField(max_length=20, blank=True)
    tokens = models.PositiveIntegerField(null=True, blank=True)
    ms = models.PositiveIntegerField(null=True, blank=True)
    logprobs = models.JSONField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "replies"
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
        return f"{self.run_id}/{self.item_id}{self.part}#{self.sample}"


class Judgment(models.Model):
    """What the decision rule makes of an item's replies, per criterion. Rebuilt when one is asked again."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="judgments")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="judgments")
    item_revision = models.PositiveIntegerField(default=1)
    criterion = models.CharField(max_length=100, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices)
    value = models.CharField(max_length=100, blank=True, help_text="clean, 4, A, tie, B")
    score = models.FloatField(null=True, blank=True)
    verdict = models.CharField(
        max_length=10, blank=True, choices=[("", "none"), *((v.value, v.value) for v in Verdict)]
    )
    reason = models.CharField(max_length=20, blank=True, choices=[(r.value, r.value) for r in Reason])
    n_read = models.PositiveIntegerField(default=0, help_text="Replies with a value.")
    n_replies = models.PositiveIntegerField(default=0)
    spread = models.FloatField(null=True, blank=True, help_text="Standard deviation of the replies' scores.")
    imported = models.BooleanField(default=False, help_text="From a judge that ran elsewhere.")
    detail = models.JSONField(default=dict, blank=True)

    objects = JudgmentQuerySet.as_manager()

    class Meta:
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
        return f"{self.run_id}/{self.item_id} {self.value or self.reason}"
