import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from judging.migrations._words import OnlyWords


class Migration(migrations.Migration):
    dependencies = [
        ("annotation", "0009_uploads"),
        ("judging", "0008_words_of_columns"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="campaignitem",
            name="unskippable",
            field=models.BooleanField(
                default=False, help_text="Nobody may skip it: it is decided or put off.", verbose_name="unskippable"
            ),
        ),
        OnlyWords(
            [
                migrations.AlterModelOptions(
                    name="annotator",
                    options={"ordering": ["name"], "verbose_name": "annotator", "verbose_name_plural": "annotators"},
                ),
                migrations.AlterModelOptions(
                    name="assignment",
                    options={
                        "ordering": ["annotator", "queue_rank"],
                        "verbose_name": "assignment",
                        "verbose_name_plural": "assignments",
                    },
                ),
                migrations.AlterModelOptions(
                    name="campaign",
                    options={"ordering": ["-pk"], "verbose_name": "campaign", "verbose_name_plural": "campaigns"},
                ),
                migrations.AlterModelOptions(
                    name="campaignitem",
                    options={
                        "ordering": ["campaign", "rank"],
                        "verbose_name": "campaign item",
                        "verbose_name_plural": "campaign items",
                    },
                ),
                migrations.AlterModelOptions(
                    name="countscale",
                    options={
                        "ordering": ["campaign", "criterion"],
                        "verbose_name": "count scale",
                        "verbose_name_plural": "count scales",
                    },
                ),
                migrations.AlterModelOptions(
                    name="flagdecision",
                    options={
                        "ordering": ["-pk"],
                        "verbose_name": "flag decision",
                        "verbose_name_plural": "flag decisions",
                    },
                ),
                migrations.AlterModelOptions(
                    name="goldlabel",
                    options={"ordering": ["pk"], "verbose_name": "gold label", "verbose_name_plural": "gold labels"},
                ),
                migrations.AlterModelOptions(
                    name="guideline",
                    options={
                        "ordering": ["campaign", "-version"],
                        "verbose_name": "guideline",
                        "verbose_name_plural": "guidelines",
                    },
                ),
                migrations.AlterModelOptions(
                    name="itemcount",
                    options={
                        "ordering": ["campaign", "criterion", "item", "item_revision"],
                        "verbose_name": "item count",
                        "verbose_name_plural": "item counts",
                    },
                ),
                migrations.AlterModelOptions(
                    name="label",
                    options={"ordering": ["pk"], "verbose_name": "label", "verbose_name_plural": "labels"},
                ),
                migrations.AlterModelOptions(
                    name="labelreview",
                    options={
                        "ordering": ["-pk"],
                        "verbose_name": "label review",
                        "verbose_name_plural": "label reviews",
                    },
                ),
                migrations.AlterModelOptions(
                    name="lockedsplit",
                    options={"verbose_name": "locked split", "verbose_name_plural": "locked splits"},
                ),
                migrations.AlterModelOptions(
                    name="rubricdraft",
                    options={
                        "ordering": ["-pk"],
                        "verbose_name": "rubric draft",
                        "verbose_name_plural": "rubric drafts",
                    },
                ),
                migrations.AlterModelOptions(
                    name="testlook",
                    options={"ordering": ["-pk"], "verbose_name": "test look", "verbose_name_plural": "test looks"},
                ),
                migrations.AlterModelOptions(
                    name="upload",
                    options={"ordering": ["-pk"], "verbose_name": "upload", "verbose_name_plural": "uploads"},
                ),
                migrations.AlterField(
                    model_name="annotator",
                    name="identity",
                    field=models.CharField(
                        choices=[("known", "known"), ("positional", "positional")],
                        default="known",
                        max_length=10,
                        verbose_name="identity",
                    ),
                ),
                migrations.AlterField(
                    model_name="annotator",
                    name="name",
                    field=models.CharField(max_length=150, verbose_name="name"),
                ),
                migrations.AlterField(
                    model_name="annotator",
                    name="source",
                    field=models.CharField(
                        blank=True,
                        help_text="The table a positional annotator is from.",
                        max_length=200,
                        verbose_name="source",
                    ),
                ),
                migrations.AlterField(
                    model_name="annotator",
                    name="user",
                    field=models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="annotator",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
                migrations.AlterField(
                    model_name="assignment",
                    name="annotator",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assignments",
                        to="annotation.annotator",
                        verbose_name="annotator",
                    ),
                ),
                migrations.AlterField(
                    model_name="assignment",
                    name="campaign",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="assignments",
                        to="annotation.campaign",
                        verbose_name="campaign",
                    ),
                ),
                migrations.AlterField(
                    model_name="assignment",
                    name="campaign_item",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="assignments",
                        to="annotation.campaignitem",
                        verbose_name="campaign item",
                    ),
                ),
                migrations.AlterField(
                    model_name="assignment",
                    name="draft",
                    field=models.JSONField(blank=True, default=dict, verbose_name="draft"),
                ),
                migrations.AlterField(
                    model_name="assignment",
                    name="draft_rev",
                    field=models.PositiveIntegerField(
                        default=0, help_text="Counts draft writes; an older one is refused.", verbose_name="draft rev"
                    ),
                ),
                migrations.AlterField(
                    model_name="assignment",
                    name="held_until",
                    field=models.DateTimeField(
                        blank=True,
                        help_text="Until when an open place of a pulled campaign is kept for its annotator.",
                        null=True,
                        verbose_name="held until",
                    ),
                ),
                migrations.AlterField(
                    model_name="assignment",
                    name="lap",
                    field=models.PositiveIntegerField(
                        default=0,
                        help_text="How often it was put to the end of its annotator's queue.",
                        verbose_name="lap",
                    ),
                ),
                migrations.AlterField(
                    model_name="assignment",
                    name="opened_at",
                    field=models.DateTimeField(blank=True, null=True, verbose_name="opened at"),
                ),
                migrations.AlterField(
                    model_name="assignment",
                    name="placed",
                    field=models.BooleanField(
                        default=True,
                        help_text="Has one of the item's places; a label without a place is surplus.",
                        verbose_name="placed",
                    ),
                ),
                migrations.AlterField(
                    model_name="assignment",
                    name="queue_rank",
                    field=models.PositiveIntegerField(
                        help_text="Place in this annotator's queue of the campaign, from 1.", verbose_name="queue rank"
                    ),
                ),
                migrations.AlterField(
                    model_name="assignment",
                    name="revealed_at",
                    field=models.DateTimeField(
                        blank=True,
                        help_text="When the judge's word was first on this annotator's screen.",
                        null=True,
                        verbose_name="revealed at",
                    ),
                ),
                migrations.AlterField(
                    model_name="assignment",
                    name="skip_reason",
                    field=models.CharField(blank=True, max_length=500, verbose_name="skip reason"),
                ),
                migrations.AlterField(
                    model_name="assignment",
                    name="state",
                    field=models.CharField(
                        choices=[
                            ("pending", "pending"),
                            ("draft", "draft"),
                            ("submitted", "submitted"),
                            ("skipped", "skipped"),
                        ],
                        default="pending",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                migrations.AlterField(
                    model_name="assignment",
                    name="swapped",
                    field=models.BooleanField(
                        default=False,
                        help_text="Sides of a pair are shown the other way round.",
                        verbose_name="swapped",
                    ),
                ),
                migrations.AlterField(
                    model_name="campaign",
                    name="at",
                    field=models.DateTimeField(auto_now_add=True, verbose_name="time"),
                ),
                migrations.AlterField(
                    model_name="campaign",
                    name="blind_judge",
                    field=models.BooleanField(
                        default=True,
                        help_text="The judge's word is hidden until submitting.",
                        verbose_name="blind judge",
                    ),
                ),
                migrations.AlterField(
                    model_name="campaign",
                    name="blind_model",
                    field=models.BooleanField(
                        default=True, help_text="The answering model's name is hidden.", verbose_name="blind model"
                    ),
                ),
                migrations.AlterField(
                    model_name="campaign",
                    name="blind_people",
                    field=models.BooleanField(
                        default=True,
                        help_text="Other people's labels are hidden until submitting.",
                        verbose_name="blind people",
                    ),
                ),
                migrations.AlterField(
                    model_name="campaign",
                    name="dataset",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="judging.dataset",
                        verbose_name="dataset",
                    ),
                ),
                migrations.AlterField(
                    model_name="campaign",
                    name="distribution",
                    field=models.CharField(
                        choices=[("dealt", "dealt"), ("pulled", "pulled")],
                        default="dealt",
                        help_text=(
                            "dealt: every item has its people from the start; pulled: people draw the next item that wants one."
                        ),
                        max_length=10,
                        verbose_name="distribution",
                    ),
                ),
                migrations.AlterField(
                    model_name="campaign",
                    name="group",
                    field=models.CharField(
                        blank=True,
                        help_text="Its members are the annotators of a pulled campaign.",
                        max_length=150,
                        verbose_name="group",
                    ),
                ),
                migrations.AlterField(
                    model_name="campaign",
                    name="hold_seconds",
                    field=models.PositiveIntegerField(default=1800, verbose_name="hold seconds"),
                ),
                migrations.AlterField(
                    model_name="campaign",
                    name="kind",
                    field=models.CharField(
                        choices=[("review", "review"), ("imported", "imported")],
                        default="review",
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                migrations.AlterField(
                    model_name="campaign",
                    name="labels_per_item",
                    field=models.PositiveIntegerField(default=2, verbose_name="labels per item"),
                ),
                migrations.AlterField(
                    model_name="campaign",
                    name="name",
                    field=models.CharField(max_length=200, verbose_name="name"),
                ),
                migrations.AlterField(
                    model_name="campaign",
                    name="order",
                    field=models.CharField(
                        choices=[
                            ("sequential", "sequential"),
                            ("random", "random"),
                            ("stratified", "stratified"),
                            ("judge_human", "judge human"),
                            ("judge_judge", "judge judge"),
                            ("lowest_margin", "lowest margin"),
                        ],
                        default="sequential",
                        max_length=20,
                        verbose_name="order",
                    ),
                ),
                migrations.AlterField(
                    model_name="campaign",
                    name="rubric",
                    field=models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="judging.rubric",
                        verbose_name="rubric",
                    ),
                ),
                migrations.AlterField(
                    model_name="campaign",
                    name="rules",
                    field=models.JSONField(blank=True, default=dict, verbose_name="rules"),
                ),
                migrations.AlterField(
                    model_name="campaign",
                    name="run",
                    field=models.ForeignKey(
                        blank=True,
                        help_text="The judge shown beside.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="judging.run",
                        verbose_name="run",
                    ),
                ),
                migrations.AlterField(
                    model_name="campaign",
                    name="seed",
                    field=models.PositiveIntegerField(default=0, verbose_name="seed"),
                ),
                migrations.AlterField(
                    model_name="campaign",
                    name="share",
                    field=models.FloatField(
                        default=1.0,
                        help_text="Share of the items that get labels_per_item labels.",
                        verbose_name="share",
                    ),
                ),
                migrations.AlterField(
                    model_name="campaign",
                    name="state",
                    field=models.CharField(
                        choices=[("open", "open"), ("closed", "closed")],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                migrations.AlterField(
                    model_name="campaignitem",
                    name="campaign",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="campaign_items",
                        to="annotation.campaign",
                        verbose_name="campaign",
                    ),
                ),
                migrations.AlterField(
                    model_name="campaignitem",
                    name="extra",
                    field=models.PositiveIntegerField(
                        default=0,
                        help_text="Labels wanted beyond the plan, because people disagree.",
                        verbose_name="extra",
                    ),
                ),
                migrations.AlterField(
                    model_name="campaignitem",
                    name="for_adjudication",
                    field=models.BooleanField(
                        default=False,
                        help_text="A lead sent it to the adjudication page.",
                        verbose_name="for adjudication",
                    ),
                ),
                migrations.AlterField(
                    model_name="campaignitem",
                    name="how",
                    field=models.CharField(
                        choices=[
                            ("all", "all"),
                            ("random", "random"),
                            ("stratified", "stratified"),
                            ("disagreement", "disagreement"),
                            ("hand", "hand"),
                            ("check", "check"),
                        ],
                        default="all",
                        max_length=15,
                        verbose_name="how chosen",
                    ),
                ),
                migrations.AlterField(
                    model_name="campaignitem",
                    name="item",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="judging.item",
                        verbose_name="item",
                    ),
                ),
                migrations.AlterField(
                    model_name="campaignitem",
                    name="known_value",
                    field=models.CharField(blank=True, max_length=100, verbose_name="known value"),
                ),
                migrations.AlterField(
                    model_name="campaignitem",
                    name="probability",
                    field=models.FloatField(blank=True, default=1.0, null=True, verbose_name="probability"),
                ),
                migrations.AlterField(
                    model_name="campaignitem",
                    name="rank",
                    field=models.PositiveIntegerField(verbose_name="rank"),
                ),
                migrations.AlterField(
                    model_name="campaignitem",
                    name="returned",
                    field=models.BooleanField(
                        default=False,
                        help_text="A place came free or was added: drawn before fresh items.",
                        verbose_name="returned",
                    ),
                ),
                migrations.AlterField(
                    model_name="campaignitem",
                    name="stratum",
                    field=models.CharField(blank=True, max_length=100, verbose_name="stratum"),
                ),
                migrations.AlterField(
                    model_name="campaignitem",
                    name="taken",
                    field=models.PositiveIntegerField(
                        default=0, help_text="Places taken by assignments.", verbose_name="taken"
                    ),
                ),
                migrations.AlterField(
                    model_name="campaignitem",
                    name="wanted",
                    field=models.PositiveIntegerField(default=1, help_text="Labels wanted.", verbose_name="wanted"),
                ),
                migrations.AlterField(
                    model_name="countscale",
                    name="campaign",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="count_scales",
                        to="annotation.campaign",
                        verbose_name="campaign",
                    ),
                ),
                migrations.AlterField(
                    model_name="countscale",
                    name="columns",
                    field=models.JSONField(
                        default=list,
                        help_text="[[value, verdict], ...] in the order of the scale.",
                        verbose_name="columns",
                    ),
                ),
                migrations.AlterField(
                    model_name="countscale",
                    name="criterion",
                    field=models.CharField(blank=True, max_length=100, verbose_name="criterion"),
                ),
                migrations.AlterField(
                    model_name="countscale",
                    name="kept",
                    field=models.BooleanField(
                        default=True,
                        help_text="Too many different values are not kept as patterns.",
                        verbose_name="kept",
                    ),
                ),
                migrations.AlterField(
                    model_name="flagdecision",
                    name="at",
                    field=models.DateTimeField(auto_now_add=True, verbose_name="time"),
                ),
                migrations.AlterField(
                    model_name="flagdecision",
                    name="by",
                    field=models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                migrations.AlterField(
                    model_name="flagdecision",
                    name="campaign",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="annotation.campaign",
                        verbose_name="campaign",
                    ),
                ),
                migrations.AlterField(
                    model_name="flagdecision",
                    name="comment",
                    field=models.TextField(blank=True, verbose_name="comment"),
                ),
                migrations.AlterField(
                    model_name="flagdecision",
                    name="ended_at",
                    field=models.DateTimeField(blank=True, null=True, verbose_name="ended at"),
                ),
                migrations.AlterField(
                    model_name="flagdecision",
                    name="is_bad",
                    field=models.BooleanField(
                        help_text="Left out where flagged items are; else kept whatever people flagged.",
                        verbose_name="is bad",
                    ),
                ),
                migrations.AlterField(
                    model_name="flagdecision",
                    name="item",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="judging.item",
                        verbose_name="item",
                    ),
                ),
                migrations.AlterField(
                    model_name="goldlabel",
                    name="at",
                    field=models.DateTimeField(verbose_name="time"),
                ),
                migrations.AlterField(
                    model_name="goldlabel",
                    name="by",
                    field=models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                migrations.AlterField(
                    model_name="goldlabel",
                    name="campaign",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="gold_labels",
                        to="annotation.campaign",
                        verbose_name="campaign",
                    ),
                ),
                migrations.AlterField(
                    model_name="goldlabel",
                    name="comment",
                    field=models.TextField(blank=True, help_text="Why the lead decided so.", verbose_name="comment"),
                ),
                migrations.AlterField(
                    model_name="goldlabel",
                    name="correction",
                    field=models.JSONField(blank=True, null=True, verbose_name="correction"),
                ),
                migrations.AlterField(
                    model_name="goldlabel",
                    name="criterion",
                    field=models.CharField(blank=True, max_length=100, verbose_name="criterion"),
                ),
                migrations.AlterField(
                    model_name="goldlabel",
                    name="ended_at",
                    field=models.DateTimeField(blank=True, null=True, verbose_name="ended at"),
                ),
                migrations.AlterField(
                    model_name="goldlabel",
                    name="item",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="judging.item",
                        verbose_name="item",
                    ),
                ),
                migrations.AlterField(
                    model_name="goldlabel",
                    name="item_revision",
                    field=models.PositiveIntegerField(
                        blank=True,
                        help_text="The text that it is about; without one it is about every text of the item.",
                        null=True,
                        verbose_name="item revision",
                    ),
                ),
                migrations.AlterField(
                    model_name="goldlabel",
                    name="method",
                    field=models.CharField(
                        choices=[("adjudicated", "adjudicated"), ("imported", "imported")],
                        max_length=12,
                        verbose_name="method",
                    ),
                ),
                migrations.AlterField(
                    model_name="goldlabel",
                    name="score",
                    field=models.FloatField(blank=True, null=True, verbose_name="score"),
                ),
                migrations.AlterField(
                    model_name="goldlabel",
                    name="value",
                    field=models.CharField(max_length=100, verbose_name="value"),
                ),
                migrations.AlterField(
                    model_name="goldlabel",
                    name="verdict",
                    field=models.CharField(
                        blank=True,
                        choices=[("", "none"), ("clean", "clean"), ("wrong", "wrong"), ("undefined", "undefined")],
                        max_length=10,
                        verbose_name="verdict",
                    ),
                ),
                migrations.AlterField(
                    model_name="guideline",
                    name="at",
                    field=models.DateTimeField(auto_now_add=True, verbose_name="time"),
                ),
                migrations.AlterField(
                    model_name="guideline",
                    name="campaign",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="guidelines",
                        to="annotation.campaign",
                        verbose_name="campaign",
                    ),
                ),
                migrations.AlterField(
                    model_name="guideline",
                    name="text",
                    field=models.TextField(verbose_name="text"),
                ),
                migrations.AlterField(
                    model_name="guideline",
                    name="version",
                    field=models.PositiveIntegerField(default=1, verbose_name="version"),
                ),
                migrations.AlterField(
                    model_name="itemcount",
                    name="campaign",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="item_counts",
                        to="annotation.campaign",
                        verbose_name="campaign",
                    ),
                ),
                migrations.AlterField(
                    model_name="itemcount",
                    name="criterion",
                    field=models.CharField(blank=True, max_length=100, verbose_name="criterion"),
                ),
                migrations.AlterField(
                    model_name="itemcount",
                    name="entropy",
                    field=models.FloatField(
                        help_text="Bits of doubt in the labels, undefined left out.", verbose_name="entropy"
                    ),
                ),
                migrations.AlterField(
                    model_name="itemcount",
                    name="item",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="judging.item",
                        verbose_name="item",
                    ),
                ),
                migrations.AlterField(
                    model_name="itemcount",
                    name="item_revision",
                    field=models.PositiveIntegerField(default=1, verbose_name="item revision"),
                ),
                migrations.AlterField(
                    model_name="itemcount",
                    name="n",
                    field=models.PositiveIntegerField(help_text="Labels.", verbose_name="number of labels"),
                ),
                migrations.AlterField(
                    model_name="itemcount",
                    name="newest",
                    field=models.BooleanField(
                        default=True, help_text="No label of the item is on a later text.", verbose_name="newest"
                    ),
                ),
                migrations.AlterField(
                    model_name="itemcount",
                    name="pattern",
                    field=models.CharField(
                        help_text="'2|1|0': labels of each value, in the order of CountScale.",
                        max_length=700,
                        verbose_name="pattern",
                    ),
                ),
                migrations.AlterField(
                    model_name="label",
                    name="annotator",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="labels",
                        to="annotation.annotator",
                        verbose_name="annotator",
                    ),
                ),
                migrations.AlterField(
                    model_name="label",
                    name="at",
                    field=models.DateTimeField(verbose_name="time"),
                ),
                migrations.AlterField(
                    model_name="label",
                    name="campaign",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="labels",
                        to="annotation.campaign",
                        verbose_name="campaign",
                    ),
                ),
                migrations.AlterField(
                    model_name="label",
                    name="client_key",
                    field=models.CharField(
                        help_text="Given by the page: the same press sent twice counts once.",
                        max_length=64,
                        verbose_name="client key",
                    ),
                ),
                migrations.AlterField(
                    model_name="label",
                    name="comment",
                    field=models.TextField(blank=True, verbose_name="comment"),
                ),
                migrations.AlterField(
                    model_name="label",
                    name="correction",
                    field=models.JSONField(
                        blank=True,
                        help_text="{question, answer}: the texts that changed.",
                        null=True,
                        verbose_name="correction",
                    ),
                ),
                migrations.AlterField(
                    model_name="label",
                    name="criterion",
                    field=models.CharField(blank=True, max_length=100, verbose_name="criterion"),
                ),
                migrations.AlterField(
                    model_name="label",
                    name="ended_at",
                    field=models.DateTimeField(blank=True, null=True, verbose_name="ended at"),
                ),
                migrations.AlterField(
                    model_name="label",
                    name="ended_by",
                    field=models.CharField(
                        blank=True,
                        choices=[
                            ("", "not"),
                            ("superseded", "superseded"),
                            ("undone", "undone"),
                            ("rejected", "rejected"),
                        ],
                        default="",
                        max_length=12,
                        verbose_name="ended by",
                    ),
                ),
                migrations.AlterField(
                    model_name="label",
                    name="error_count",
                    field=models.PositiveIntegerField(blank=True, null=True, verbose_name="error count"),
                ),
                migrations.AlterField(
                    model_name="label",
                    name="error_types",
                    field=models.JSONField(blank=True, default=list, verbose_name="error types"),
                ),
                migrations.AlterField(
                    model_name="label",
                    name="flags",
                    field=models.JSONField(blank=True, default=list, verbose_name="flags"),
                ),
                migrations.AlterField(
                    model_name="label",
                    name="guideline",
                    field=models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="annotation.guideline",
                        verbose_name="guideline",
                    ),
                ),
                migrations.AlterField(
                    model_name="label",
                    name="item",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="judging.item",
                        verbose_name="item",
                    ),
                ),
                migrations.AlterField(
                    model_name="label",
                    name="item_revision",
                    field=models.PositiveIntegerField(default=1, verbose_name="item revision"),
                ),
                migrations.AlterField(
                    model_name="label",
                    name="judge_visible",
                    field=models.BooleanField(
                        default=False,
                        help_text="Whether the judge's word was on the screen.",
                        verbose_name="judge visible",
                    ),
                ),
                migrations.AlterField(
                    model_name="label",
                    name="rubric",
                    field=models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="judging.rubric",
                        verbose_name="rubric",
                    ),
                ),
                migrations.AlterField(
                    model_name="label",
                    name="run",
                    field=models.ForeignKey(
                        blank=True,
                        help_text="The judge of the campaign.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="judging.run",
                        verbose_name="run",
                    ),
                ),
                migrations.AlterField(
                    model_name="label",
                    name="score",
                    field=models.FloatField(blank=True, null=True, verbose_name="score"),
                ),
                migrations.AlterField(
                    model_name="label",
                    name="seconds",
                    field=models.FloatField(
                        blank=True,
                        help_text="Seconds between opening and submitting.",
                        null=True,
                        verbose_name="seconds",
                    ),
                ),
                migrations.AlterField(
                    model_name="label",
                    name="surplus",
                    field=models.BooleanField(
                        default=False, help_text="Arrived after the wanted number was reached.", verbose_name="surplus"
                    ),
                ),
                migrations.AlterField(
                    model_name="label",
                    name="value",
                    field=models.CharField(
                        help_text="clean, wrong, undefined, 4, A, tie, B", max_length=100, verbose_name="value"
                    ),
                ),
                migrations.AlterField(
                    model_name="label",
                    name="verdict",
                    field=models.CharField(
                        blank=True,
                        choices=[("", "none"), ("clean", "clean"), ("wrong", "wrong"), ("undefined", "undefined")],
                        max_length=10,
                        verbose_name="verdict",
                    ),
                ),
                migrations.AlterField(
                    model_name="labelreview",
                    name="at",
                    field=models.DateTimeField(verbose_name="time"),
                ),
                migrations.AlterField(
                    model_name="labelreview",
                    name="comment",
                    field=models.TextField(blank=True, verbose_name="comment"),
                ),
                migrations.AlterField(
                    model_name="labelreview",
                    name="label",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="annotation.label",
                        verbose_name="label",
                    ),
                ),
                migrations.AlterField(
                    model_name="labelreview",
                    name="lead",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="lead",
                    ),
                ),
                migrations.AlterField(
                    model_name="labelreview",
                    name="outcome",
                    field=models.CharField(
                        choices=[("accept", "accept"), ("fixed", "fixed"), ("rejected", "rejected")],
                        max_length=10,
                        verbose_name="outcome",
                    ),
                ),
                migrations.AlterField(
                    model_name="lockedsplit",
                    name="at",
                    field=models.DateTimeField(auto_now_add=True, verbose_name="time"),
                ),
                migrations.AlterField(
                    model_name="lockedsplit",
                    name="by",
                    field=models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                migrations.AlterField(
                    model_name="lockedsplit",
                    name="campaign",
                    field=models.ForeignKey(
                        blank=True,
                        help_text="Whose labels were strata.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="annotation.campaign",
                        verbose_name="campaign",
                    ),
                ),
                migrations.AlterField(
                    model_name="lockedsplit",
                    name="dataset",
                    field=models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="judging.dataset",
                        verbose_name="dataset",
                    ),
                ),
                migrations.AlterField(
                    model_name="lockedsplit",
                    name="seed",
                    field=models.PositiveIntegerField(default=0, verbose_name="seed"),
                ),
                migrations.AlterField(
                    model_name="lockedsplit",
                    name="settled_to",
                    field=models.PositiveIntegerField(
                        default=0, help_text="Items up to this position have their side.", verbose_name="settled to"
                    ),
                ),
                migrations.AlterField(
                    model_name="lockedsplit",
                    name="test_share",
                    field=models.FloatField(verbose_name="test share"),
                ),
                migrations.AlterField(
                    model_name="rubricdraft",
                    name="accepted",
                    field=models.ForeignKey(
                        blank=True,
                        help_text="The version it became.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="judging.judge",
                        verbose_name="accepted",
                    ),
                ),
                migrations.AlterField(
                    model_name="rubricdraft",
                    name="at",
                    field=models.DateTimeField(auto_now_add=True, verbose_name="time"),
                ),
                migrations.AlterField(
                    model_name="rubricdraft",
                    name="base",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="judging.rubric",
                        verbose_name="base",
                    ),
                ),
                migrations.AlterField(
                    model_name="rubricdraft",
                    name="dataset",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="judging.dataset",
                        verbose_name="dataset",
                    ),
                ),
                migrations.AlterField(
                    model_name="rubricdraft",
                    name="decided_at",
                    field=models.DateTimeField(blank=True, null=True, verbose_name="decided at"),
                ),
                migrations.AlterField(
                    model_name="rubricdraft",
                    name="decided_by",
                    field=models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                migrations.AlterField(
                    model_name="rubricdraft",
                    name="judge",
                    field=models.ForeignKey(
                        help_text="The one to be improved.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="judging.judge",
                        verbose_name="judge",
                    ),
                ),
                migrations.AlterField(
                    model_name="rubricdraft",
                    name="made_by",
                    field=models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="made by",
                    ),
                ),
                migrations.AlterField(
                    model_name="rubricdraft",
                    name="prompts",
                    field=models.JSONField(help_text="As in Rubric.prompts.", verbose_name="prompts"),
                ),
                migrations.AlterField(
                    model_name="rubricdraft",
                    name="proposed_by",
                    field=models.CharField(
                        blank=True,
                        help_text="Engine and model; '' for a person.",
                        max_length=300,
                        verbose_name="proposed by",
                    ),
                ),
                migrations.AlterField(
                    model_name="rubricdraft",
                    name="shown",
                    field=models.JSONField(
                        blank=True,
                        default=list,
                        help_text="Positions of the items the model was shown.",
                        verbose_name="shown",
                    ),
                ),
                migrations.AlterField(
                    model_name="rubricdraft",
                    name="state",
                    field=models.CharField(
                        choices=[("open", "open"), ("accepted", "accepted"), ("declined", "declined")],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                migrations.AlterField(
                    model_name="testlook",
                    name="at",
                    field=models.DateTimeField(auto_now_add=True, verbose_name="time"),
                ),
                migrations.AlterField(
                    model_name="testlook",
                    name="by",
                    field=models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                migrations.AlterField(
                    model_name="testlook",
                    name="dataset",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="judging.dataset",
                        verbose_name="dataset",
                    ),
                ),
                migrations.AlterField(
                    model_name="testlook",
                    name="judges",
                    field=models.ManyToManyField(
                        blank=True,
                        help_text="The versions it was about.",
                        related_name="+",
                        to="judging.judge",
                        verbose_name="judges",
                    ),
                ),
                migrations.AlterField(
                    model_name="testlook",
                    name="where",
                    field=models.CharField(
                        help_text="The page or command that showed them.", max_length=40, verbose_name="where shown"
                    ),
                ),
                migrations.AlterField(
                    model_name="upload",
                    name="at",
                    field=models.DateTimeField(auto_now_add=True, verbose_name="time"),
                ),
                migrations.AlterField(
                    model_name="upload",
                    name="attempts",
                    field=models.PositiveIntegerField(default=0, verbose_name="attempts"),
                ),
                migrations.AlterField(
                    model_name="upload",
                    name="by",
                    field=models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                migrations.AlterField(
                    model_name="upload",
                    name="claimed_by",
                    field=models.CharField(blank=True, max_length=200, verbose_name="claimed by"),
                ),
                migrations.AlterField(
                    model_name="upload",
                    name="dataset",
                    field=models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="judging.dataset",
                        verbose_name="dataset",
                    ),
                ),
                migrations.AlterField(
                    model_name="upload",
                    name="error",
                    field=models.TextField(blank=True, verbose_name="error"),
                ),
                migrations.AlterField(
                    model_name="upload",
                    name="files",
                    field=models.JSONField(default=list, help_text="[{name, bytes}]", verbose_name="files"),
                ),
                migrations.AlterField(
                    model_name="upload",
                    name="finished_at",
                    field=models.DateTimeField(blank=True, null=True, verbose_name="finished at"),
                ),
                migrations.AlterField(
                    model_name="upload",
                    name="found",
                    field=models.JSONField(
                        blank=True,
                        default=dict,
                        help_text="What the files hold: counts, first rows, columns.",
                        verbose_name="found",
                    ),
                ),
                migrations.AlterField(
                    model_name="upload",
                    name="kind",
                    field=models.CharField(
                        choices=[("items", "items"), ("labels", "labels")],
                        default="items",
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                migrations.AlterField(
                    model_name="upload",
                    name="name",
                    field=models.CharField(
                        blank=True, help_text="Of the dataset.", max_length=200, verbose_name="name"
                    ),
                ),
                migrations.AlterField(
                    model_name="upload",
                    name="options",
                    field=models.JSONField(
                        blank=True,
                        default=dict,
                        help_text="How the files are read, and whose words they are.",
                        verbose_name="options",
                    ),
                ),
                migrations.AlterField(
                    model_name="upload",
                    name="phase",
                    field=models.CharField(
                        choices=[("read", "read"), ("store", "store")],
                        default="read",
                        max_length=10,
                        verbose_name="phase",
                    ),
                ),
                migrations.AlterField(
                    model_name="upload",
                    name="problems",
                    field=models.PositiveIntegerField(default=0, verbose_name="problems"),
                ),
                migrations.AlterField(
                    model_name="upload",
                    name="started_at",
                    field=models.DateTimeField(blank=True, null=True, verbose_name="started at"),
                ),
                migrations.AlterField(
                    model_name="upload",
                    name="state",
                    field=models.CharField(
                        choices=[
                            ("pending", "pending"),
                            ("running", "running"),
                            ("planned", "planned"),
                            ("ready", "ready"),
                            ("failed", "failed"),
                            ("cancelled", "cancelled"),
                        ],
                        default="pending",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                migrations.AlterField(
                    model_name="upload",
                    name="token",
                    field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name="token"),
                ),
            ]
        ),
    ]
