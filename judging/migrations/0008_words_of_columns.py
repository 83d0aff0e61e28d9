import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from judging.migrations._words import OnlyWords


class Migration(migrations.Migration):
    dependencies = [
        ("judging", "0007_preferences_of_people"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        OnlyWords(
            [
                migrations.AlterModelOptions(
                    name="preference",
                    options={"verbose_name": "preference", "verbose_name_plural": "preferences"},
                ),
                migrations.AlterModelOptions(
                    name="batchcount",
                    options={"verbose_name": "batch count", "verbose_name_plural": "batch counts"},
                ),
                migrations.AlterModelOptions(
                    name="benchmarkrun",
                    options={
                        "ordering": ["-pk"],
                        "verbose_name": "benchmark run",
                        "verbose_name_plural": "benchmark runs",
                    },
                ),
                migrations.AlterModelOptions(
                    name="dataset",
                    options={"ordering": ["-at", "-pk"], "verbose_name": "dataset", "verbose_name_plural": "datasets"},
                ),
                migrations.AlterModelOptions(
                    name="importfile",
                    options={"ordering": ["pk"], "verbose_name": "import file", "verbose_name_plural": "import files"},
                ),
                migrations.AlterModelOptions(
                    name="item",
                    options={
                        "ordering": ["dataset", "position"],
                        "verbose_name": "item",
                        "verbose_name_plural": "items",
                    },
                ),
                migrations.AlterModelOptions(
                    name="itemrevision",
                    options={
                        "ordering": ["item", "number"],
                        "verbose_name": "item revision",
                        "verbose_name_plural": "item revisions",
                    },
                ),
                migrations.AlterModelOptions(
                    name="judge",
                    options={
                        "ordering": ["name", "-version"],
                        "verbose_name": "judge",
                        "verbose_name_plural": "judges",
                    },
                ),
                migrations.AlterModelOptions(
                    name="judgment",
                    options={
                        "ordering": ["run", "item", "criterion"],
                        "verbose_name": "judgment",
                        "verbose_name_plural": "judgments",
                    },
                ),
                migrations.AlterModelOptions(
                    name="reply",
                    options={
                        "ordering": ["run", "item", "part", "sample", "attempt"],
                        "verbose_name": "reply",
                        "verbose_name_plural": "replies",
                    },
                ),
                migrations.AlterModelOptions(
                    name="rubric",
                    options={
                        "ordering": ["name", "-version"],
                        "verbose_name": "rubric",
                        "verbose_name_plural": "rubrics",
                    },
                ),
                migrations.AlterModelOptions(
                    name="run",
                    options={"ordering": ["-pk"], "verbose_name": "run", "verbose_name_plural": "runs"},
                ),
                migrations.AlterModelOptions(
                    name="runbatch",
                    options={
                        "ordering": ["run", "number"],
                        "verbose_name": "run batch",
                        "verbose_name_plural": "run batches",
                    },
                ),
                migrations.AlterField(
                    model_name="batchcount",
                    name="at",
                    field=models.DateTimeField(verbose_name="time"),
                ),
                migrations.AlterField(
                    model_name="batchcount",
                    name="batch",
                    field=models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="counted",
                        serialize=False,
                        to="judging.runbatch",
                        verbose_name="batch",
                    ),
                ),
                migrations.AlterField(
                    model_name="batchcount",
                    name="n_clean",
                    field=models.PositiveIntegerField(default=0, verbose_name="n clean"),
                ),
                migrations.AlterField(
                    model_name="batchcount",
                    name="n_invalid",
                    field=models.PositiveIntegerField(default=0, verbose_name="n invalid"),
                ),
                migrations.AlterField(
                    model_name="batchcount",
                    name="n_judged",
                    field=models.PositiveIntegerField(default=0, verbose_name="n judged"),
                ),
                migrations.AlterField(
                    model_name="batchcount",
                    name="n_scores",
                    field=models.PositiveIntegerField(default=0, verbose_name="n scores"),
                ),
                migrations.AlterField(
                    model_name="batchcount",
                    name="n_unscored",
                    field=models.PositiveIntegerField(default=0, verbose_name="n unscored"),
                ),
                migrations.AlterField(
                    model_name="batchcount",
                    name="n_wrong",
                    field=models.PositiveIntegerField(default=0, verbose_name="n wrong"),
                ),
                migrations.AlterField(
                    model_name="batchcount",
                    name="reasons",
                    field=models.JSONField(
                        default=dict, help_text="How many items have no value, by reason.", verbose_name="reasons"
                    ),
                ),
                migrations.AlterField(
                    model_name="batchcount",
                    name="run",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="counts",
                        to="judging.run",
                        verbose_name="run",
                    ),
                ),
                migrations.AlterField(
                    model_name="batchcount",
                    name="score_total",
                    field=models.FloatField(default=0, verbose_name="score total"),
                ),
                migrations.AlterField(
                    model_name="batchcount",
                    name="tokens",
                    field=models.PositiveBigIntegerField(default=0, verbose_name="tokens"),
                ),
                migrations.AlterField(
                    model_name="benchmarkrun",
                    name="benchmark",
                    field=models.CharField(
                        help_text="Its name, as commands call it.", max_length=40, verbose_name="benchmark"
                    ),
                ),
                migrations.AlterField(
                    model_name="benchmarkrun",
                    name="candidates",
                    field=models.JSONField(
                        help_text="[{engine, model, base_url, content}]; a folder is its path and content.",
                        verbose_name="candidates",
                    ),
                ),
                migrations.AlterField(
                    model_name="benchmarkrun",
                    name="created_at",
                    field=models.DateTimeField(auto_now_add=True, verbose_name="created at"),
                ),
                migrations.AlterField(
                    model_name="benchmarkrun",
                    name="dataset",
                    field=models.ForeignKey(
                        help_text="The questions.",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="benchmark_runs",
                        to="judging.dataset",
                        verbose_name="dataset",
                    ),
                ),
                migrations.AlterField(
                    model_name="benchmarkrun",
                    name="error",
                    field=models.TextField(blank=True, verbose_name="error"),
                ),
                migrations.AlterField(
                    model_name="benchmarkrun",
                    name="finished_at",
                    field=models.DateTimeField(blank=True, null=True, verbose_name="finished at"),
                ),
                migrations.AlterField(
                    model_name="benchmarkrun",
                    name="judge",
                    field=models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="benchmark_runs",
                        to="judging.judge",
                        verbose_name="judge",
                    ),
                ),
                migrations.AlterField(
                    model_name="benchmarkrun",
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
                    model_name="benchmarkrun",
                    name="options",
                    field=models.JSONField(
                        blank=True,
                        default=dict,
                        help_text="Stages, recipe, asking, first_n, seed, repeats.",
                        verbose_name="options",
                    ),
                ),
                migrations.AlterField(
                    model_name="benchmarkrun",
                    name="state",
                    field=models.CharField(
                        choices=[
                            ("running", "running"),
                            ("finished", "finished"),
                            ("cancelled", "cancelled"),
                            ("failed", "failed"),
                        ],
                        default="running",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                migrations.AlterField(
                    model_name="dataset",
                    name="at",
                    field=models.DateTimeField(auto_now_add=True, verbose_name="time"),
                ),
                migrations.AlterField(
                    model_name="dataset",
                    name="column_map",
                    field=models.JSONField(
                        blank=True,
                        default=dict,
                        help_text="Which column of a table is what.",
                        verbose_name="column map",
                    ),
                ),
                migrations.AlterField(
                    model_name="dataset",
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
                    model_name="dataset",
                    name="name",
                    field=models.CharField(max_length=200, unique=True, verbose_name="name"),
                ),
                migrations.AlterField(
                    model_name="dataset",
                    name="state",
                    field=models.CharField(
                        choices=[("importing", "importing"), ("ready", "ready"), ("failed", "failed")],
                        default="importing",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                migrations.AlterField(
                    model_name="importfile",
                    name="at",
                    field=models.DateTimeField(auto_now_add=True, verbose_name="time"),
                ),
                migrations.AlterField(
                    model_name="importfile",
                    name="dataset",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="judging.dataset",
                        verbose_name="dataset",
                    ),
                ),
                migrations.AlterField(
                    model_name="importfile",
                    name="format",
                    field=models.CharField(max_length=40, verbose_name="format"),
                ),
                migrations.AlterField(
                    model_name="importfile",
                    name="header",
                    field=models.JSONField(
                        blank=True, default=dict, help_text="What the file says of itself.", verbose_name="header"
                    ),
                ),
                migrations.AlterField(
                    model_name="importfile",
                    name="name",
                    field=models.CharField(max_length=500, verbose_name="name"),
                ),
                migrations.AlterField(
                    model_name="importfile",
                    name="rows",
                    field=models.PositiveIntegerField(default=0, verbose_name="rows"),
                ),
                migrations.AlterField(
                    model_name="importfile",
                    name="sha256",
                    field=models.CharField(max_length=64, verbose_name="sha256"),
                ),
                migrations.AlterField(
                    model_name="item",
                    name="answer_reason",
                    field=models.CharField(blank=True, max_length=200, verbose_name="answer reason"),
                ),
                migrations.AlterField(
                    model_name="item",
                    name="answer_state",
                    field=models.CharField(
                        choices=[("given", "given"), ("missing", "missing"), ("failed", "failed")],
                        default="given",
                        max_length=10,
                        verbose_name="answer state",
                    ),
                ),
                migrations.AlterField(
                    model_name="item",
                    name="category",
                    field=models.CharField(blank=True, max_length=200, verbose_name="category"),
                ),
                migrations.AlterField(
                    model_name="item",
                    name="choices",
                    field=models.JSONField(blank=True, null=True, verbose_name="choices"),
                ),
                migrations.AlterField(
                    model_name="item",
                    name="context",
                    field=models.TextField(blank=True, verbose_name="context"),
                ),
                migrations.AlterField(
                    model_name="item",
                    name="criteria",
                    field=models.TextField(blank=True, help_text="This item's own criteria.", verbose_name="criteria"),
                ),
                migrations.AlterField(
                    model_name="item",
                    name="dataset",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="judging.dataset",
                        verbose_name="dataset",
                    ),
                ),
                migrations.AlterField(
                    model_name="item",
                    name="extra",
                    field=models.JSONField(
                        blank=True,
                        default=dict,
                        help_text="Unknown keys of the file, returned on export.",
                        verbose_name="extra",
                    ),
                ),
                migrations.AlterField(
                    model_name="item",
                    name="gold_choice",
                    field=models.CharField(blank=True, max_length=20, verbose_name="gold choice"),
                ),
                migrations.AlterField(
                    model_name="item",
                    name="key",
                    field=models.CharField(
                        help_text="The file's id, or a hash of question, model and occurrence.",
                        max_length=200,
                        verbose_name="key",
                    ),
                ),
                migrations.AlterField(
                    model_name="item",
                    name="kind",
                    field=models.CharField(
                        choices=[("answer", "answer"), ("pair", "pair"), ("choice", "choice")],
                        default="answer",
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                migrations.AlterField(
                    model_name="item",
                    name="model",
                    field=models.CharField(
                        blank=True, help_text="The model that answered.", max_length=200, verbose_name="model"
                    ),
                ),
                migrations.AlterField(
                    model_name="item",
                    name="model_b",
                    field=models.CharField(blank=True, max_length=200, verbose_name="model b"),
                ),
                migrations.AlterField(
                    model_name="item",
                    name="position",
                    field=models.PositiveIntegerField(help_text="Order of import, from 1.", verbose_name="position"),
                ),
                migrations.AlterField(
                    model_name="item",
                    name="question_key",
                    field=models.CharField(
                        help_text="The same for every model that answered the question.",
                        max_length=64,
                        verbose_name="question key",
                    ),
                ),
                migrations.AlterField(
                    model_name="item",
                    name="revision",
                    field=models.PositiveIntegerField(default=1, verbose_name="revision"),
                ),
                migrations.AlterField(
                    model_name="item",
                    name="split",
                    field=models.CharField(
                        blank=True,
                        choices=[("", "none"), ("dev", "dev"), ("test", "test")],
                        default="",
                        max_length=4,
                        verbose_name="split",
                    ),
                ),
                migrations.AlterField(
                    model_name="item",
                    name="turns",
                    field=models.JSONField(help_text="[{question, answer, reference}]", verbose_name="turns"),
                ),
                migrations.AlterField(
                    model_name="item",
                    name="turns_b",
                    field=models.JSONField(blank=True, null=True, verbose_name="turns b"),
                ),
                migrations.AlterField(
                    model_name="itemrevision",
                    name="at",
                    field=models.DateTimeField(auto_now_add=True, verbose_name="time"),
                ),
                migrations.AlterField(
                    model_name="itemrevision",
                    name="author",
                    field=models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="author",
                    ),
                ),
                migrations.AlterField(
                    model_name="itemrevision",
                    name="fields",
                    field=models.JSONField(
                        help_text="The old values of the fields that changed.", verbose_name="fields"
                    ),
                ),
                migrations.AlterField(
                    model_name="itemrevision",
                    name="item",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="revisions",
                        to="judging.item",
                        verbose_name="item",
                    ),
                ),
                migrations.AlterField(
                    model_name="itemrevision",
                    name="number",
                    field=models.PositiveIntegerField(
                        help_text="The revision that these fields were.", verbose_name="number"
                    ),
                ),
                migrations.AlterField(
                    model_name="itemrevision",
                    name="reason",
                    field=models.CharField(max_length=200, verbose_name="reason"),
                ),
                migrations.AlterField(
                    model_name="judge",
                    name="decision",
                    field=models.JSONField(
                        blank=True,
                        default=dict,
                        help_text="rule, threshold, min_replies, mode; coefficients for the rule linear",
                        verbose_name="decision",
                    ),
                ),
                migrations.AlterField(
                    model_name="judge",
                    name="engine",
                    field=models.CharField(
                        blank=True,
                        help_text="Name of the engine; its URL is a setting.",
                        max_length=40,
                        verbose_name="engine",
                    ),
                ),
                migrations.AlterField(
                    model_name="judge",
                    name="frozen_at",
                    field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="frozen at"),
                ),
                migrations.AlterField(
                    model_name="judge",
                    name="kind",
                    field=models.CharField(
                        choices=[
                            ("model", "model"),
                            ("reference", "reference"),
                            ("panel", "panel"),
                            ("imported", "imported"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                migrations.AlterField(
                    model_name="judge",
                    name="members",
                    field=models.ManyToManyField(
                        blank=True, help_text="Judges of a panel.", to="judging.judge", verbose_name="members"
                    ),
                ),
                migrations.AlterField(
                    model_name="judge",
                    name="model",
                    field=models.CharField(blank=True, max_length=300, verbose_name="model"),
                ),
                migrations.AlterField(
                    model_name="judge",
                    name="name",
                    field=models.CharField(max_length=100, verbose_name="name"),
                ),
                migrations.AlterField(
                    model_name="judge",
                    name="rubric",
                    field=models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="judges",
                        to="judging.rubric",
                        verbose_name="rubric",
                    ),
                ),
                migrations.AlterField(
                    model_name="judge",
                    name="samples",
                    field=models.PositiveIntegerField(default=1, verbose_name="samples"),
                ),
                migrations.AlterField(
                    model_name="judge",
                    name="sampling",
                    field=models.JSONField(
                        blank=True,
                        default=dict,
                        help_text="temperature, top_p, max_tokens, stop ...",
                        verbose_name="sampling",
                    ),
                ),
                migrations.AlterField(
                    model_name="judge",
                    name="version",
                    field=models.PositiveIntegerField(default=1, verbose_name="version"),
                ),
                migrations.AlterField(
                    model_name="judgment",
                    name="criterion",
                    field=models.CharField(blank=True, max_length=100, verbose_name="criterion"),
                ),
                migrations.AlterField(
                    model_name="judgment",
                    name="detail",
                    field=models.JSONField(blank=True, default=dict, verbose_name="detail"),
                ),
                migrations.AlterField(
                    model_name="judgment",
                    name="imported",
                    field=models.BooleanField(
                        default=False, help_text="From a judge that ran elsewhere.", verbose_name="imported"
                    ),
                ),
                migrations.AlterField(
                    model_name="judgment",
                    name="item",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="judgments",
                        to="judging.item",
                        verbose_name="item",
                    ),
                ),
                migrations.AlterField(
                    model_name="judgment",
                    name="item_revision",
                    field=models.PositiveIntegerField(default=1, verbose_name="item revision"),
                ),
                migrations.AlterField(
                    model_name="judgment",
                    name="n_read",
                    field=models.PositiveIntegerField(
                        default=0, help_text="Replies with a value.", verbose_name="n read"
                    ),
                ),
                migrations.AlterField(
                    model_name="judgment",
                    name="n_replies",
                    field=models.PositiveIntegerField(default=0, verbose_name="n replies"),
                ),
                migrations.AlterField(
                    model_name="judgment",
                    name="reason",
                    field=models.CharField(
                        blank=True,
                        choices=[
                            ("empty", "empty"),
                            ("no_verdict", "no_verdict"),
                            ("ambiguous", "ambiguous"),
                            ("off_scale", "off_scale"),
                            ("cut_off", "cut_off"),
                            ("refused", "refused"),
                            ("not_recorded", "not_recorded"),
                            ("timeout", "timeout"),
                            ("rate_limited", "rate_limited"),
                            ("server_error", "server_error"),
                            ("connection", "connection"),
                            ("broken_reply", "broken_reply"),
                            ("rejected", "rejected"),
                            ("prompt_too_long", "prompt_too_long"),
                            ("no_answer", "no_answer"),
                            ("no_reference", "no_reference"),
                            ("no_majority", "no_majority"),
                            ("too_few_replies", "too_few_replies"),
                            ("inconsistent", "inconsistent"),
                        ],
                        max_length=20,
                        verbose_name="reason",
                    ),
                ),
                migrations.AlterField(
                    model_name="judgment",
                    name="run",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="judgments",
                        to="judging.run",
                        verbose_name="run",
                    ),
                ),
                migrations.AlterField(
                    model_name="judgment",
                    name="score",
                    field=models.FloatField(blank=True, null=True, verbose_name="score"),
                ),
                migrations.AlterField(
                    model_name="judgment",
                    name="spread",
                    field=models.FloatField(
                        blank=True,
                        help_text="Standard deviation of the replies' scores.",
                        null=True,
                        verbose_name="spread",
                    ),
                ),
                migrations.AlterField(
                    model_name="judgment",
                    name="status",
                    field=models.CharField(
                        choices=[("scored", "scored"), ("unscored", "unscored")], max_length=10, verbose_name="status"
                    ),
                ),
                migrations.AlterField(
                    model_name="judgment",
                    name="value",
                    field=models.CharField(
                        blank=True, help_text="clean, 4, A, tie, B", max_length=100, verbose_name="value"
                    ),
                ),
                migrations.AlterField(
                    model_name="judgment",
                    name="verdict",
                    field=models.CharField(
                        blank=True,
                        choices=[("", "none"), ("clean", "clean"), ("wrong", "wrong"), ("invalid", "invalid")],
                        max_length=10,
                        verbose_name="verdict",
                    ),
                ),
                migrations.AlterField(
                    model_name="preference",
                    name="language",
                    field=models.CharField(blank=True, max_length=10, verbose_name="language"),
                ),
                migrations.AlterField(
                    model_name="preference",
                    name="user",
                    field=models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="preference",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
                migrations.AlterField(
                    model_name="reply",
                    name="attempt",
                    field=models.PositiveIntegerField(default=1, verbose_name="attempt"),
                ),
                migrations.AlterField(
                    model_name="reply",
                    name="detail",
                    field=models.CharField(
                        blank=True,
                        help_text="What the engine said of its failure.",
                        max_length=500,
                        verbose_name="detail",
                    ),
                ),
                migrations.AlterField(
                    model_name="reply",
                    name="finish",
                    field=models.CharField(blank=True, max_length=20, verbose_name="finish"),
                ),
                migrations.AlterField(
                    model_name="reply",
                    name="item",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="replies",
                        to="judging.item",
                        verbose_name="item",
                    ),
                ),
                migrations.AlterField(
                    model_name="reply",
                    name="logprobs",
                    field=models.JSONField(blank=True, null=True, verbose_name="logprobs"),
                ),
                migrations.AlterField(
                    model_name="reply",
                    name="ms",
                    field=models.PositiveIntegerField(blank=True, null=True, verbose_name="milliseconds"),
                ),
                migrations.AlterField(
                    model_name="reply",
                    name="part",
                    field=models.CharField(
                        blank=True,
                        help_text="'', turn_1, turn_2, ab, ba, attr_1, attr_2",
                        max_length=20,
                        verbose_name="part",
                    ),
                ),
                migrations.AlterField(
                    model_name="reply",
                    name="reason",
                    field=models.CharField(
                        blank=True,
                        choices=[
                            ("empty", "empty"),
                            ("no_verdict", "no_verdict"),
                            ("ambiguous", "ambiguous"),
                            ("off_scale", "off_scale"),
                            ("cut_off", "cut_off"),
                            ("refused", "refused"),
                            ("not_recorded", "not_recorded"),
                            ("timeout", "timeout"),
                            ("rate_limited", "rate_limited"),
                            ("server_error", "server_error"),
                            ("connection", "connection"),
                            ("broken_reply", "broken_reply"),
                            ("rejected", "rejected"),
                            ("prompt_too_long", "prompt_too_long"),
                            ("no_answer", "no_answer"),
                            ("no_reference", "no_reference"),
                            ("no_majority", "no_majority"),
                            ("too_few_replies", "too_few_replies"),
                            ("inconsistent", "inconsistent"),
                        ],
                        max_length=20,
                        verbose_name="reason",
                    ),
                ),
                migrations.AlterField(
                    model_name="reply",
                    name="run",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="replies",
                        to="judging.run",
                        verbose_name="run",
                    ),
                ),
                migrations.AlterField(
                    model_name="reply",
                    name="sample",
                    field=models.PositiveIntegerField(default=0, verbose_name="sample"),
                ),
                migrations.AlterField(
                    model_name="reply",
                    name="status",
                    field=models.CharField(
                        choices=[("scored", "scored"), ("unscored", "unscored")], max_length=10, verbose_name="status"
                    ),
                ),
                migrations.AlterField(
                    model_name="reply",
                    name="text",
                    field=models.TextField(blank=True, verbose_name="text"),
                ),
                migrations.AlterField(
                    model_name="reply",
                    name="tokens",
                    field=models.PositiveIntegerField(blank=True, null=True, verbose_name="tokens"),
                ),
                migrations.AlterField(
                    model_name="reply",
                    name="value",
                    field=models.CharField(blank=True, max_length=100, null=True, verbose_name="value"),
                ),
                migrations.AlterField(
                    model_name="rubric",
                    name="criteria",
                    field=models.JSONField(
                        help_text="[{name, scale: {low, high, step} or {values}, direction, clean_if}]",
                        verbose_name="criteria",
                    ),
                ),
                migrations.AlterField(
                    model_name="rubric",
                    name="frozen_at",
                    field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="frozen at"),
                ),
                migrations.AlterField(
                    model_name="rubric",
                    name="kind",
                    field=models.CharField(
                        choices=[
                            ("verdict", "verdict"),
                            ("score", "score"),
                            ("pair", "pair"),
                            ("choice", "choice"),
                            ("attributes", "attributes"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                migrations.AlterField(
                    model_name="rubric",
                    name="name",
                    field=models.CharField(max_length=100, verbose_name="name"),
                ),
                migrations.AlterField(
                    model_name="rubric",
                    name="needs_question",
                    field=models.BooleanField(
                        default=True,
                        help_text="Not for a text that nobody asked for: then the prompt may show no question.",
                        verbose_name="needs question",
                    ),
                ),
                migrations.AlterField(
                    model_name="rubric",
                    name="prompts",
                    field=models.JSONField(
                        blank=True,
                        default=dict,
                        help_text=(
                            '{part: {"system", "user", "assistant"}} or, for raw text, {part: {"raw"}}; Jinja2 templates.'
                        ),
                        verbose_name="prompts",
                    ),
                ),
                migrations.AlterField(
                    model_name="rubric",
                    name="style",
                    field=models.CharField(
                        choices=[("chat", "chat"), ("prefix", "chat with an assistant prefix"), ("raw", "raw text")],
                        default="chat",
                        max_length=10,
                        verbose_name="style",
                    ),
                ),
                migrations.AlterField(
                    model_name="rubric",
                    name="version",
                    field=models.PositiveIntegerField(default=1, verbose_name="version"),
                ),
                migrations.AlterField(
                    model_name="run",
                    name="benchmark_run",
                    field=models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="runs",
                        to="judging.benchmarkrun",
                        verbose_name="benchmark run",
                    ),
                ),
                migrations.AlterField(
                    model_name="run",
                    name="candidate",
                    field=models.PositiveIntegerField(
                        blank=True, help_text="Which of its benchmark's, from 0.", null=True, verbose_name="candidate"
                    ),
                ),
                migrations.AlterField(
                    model_name="run",
                    name="created_at",
                    field=models.DateTimeField(auto_now_add=True, verbose_name="created at"),
                ),
                migrations.AlterField(
                    model_name="run",
                    name="dataset",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="runs",
                        to="judging.dataset",
                        verbose_name="dataset",
                    ),
                ),
                migrations.AlterField(
                    model_name="run",
                    name="error",
                    field=models.TextField(blank=True, verbose_name="error"),
                ),
                migrations.AlterField(
                    model_name="run",
                    name="finished_at",
                    field=models.DateTimeField(blank=True, null=True, verbose_name="finished at"),
                ),
                migrations.AlterField(
                    model_name="run",
                    name="judge",
                    field=models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="runs",
                        to="judging.judge",
                        verbose_name="judge",
                    ),
                ),
                migrations.AlterField(
                    model_name="run",
                    name="kind",
                    field=models.CharField(
                        choices=[
                            ("judge", "judge"),
                            ("generate", "generate"),
                            ("choice", "choice"),
                            ("panel", "panel"),
                            ("imported", "imported"),
                        ],
                        default="judge",
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                migrations.AlterField(
                    model_name="run",
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
                    model_name="run",
                    name="model",
                    field=models.CharField(
                        blank=True,
                        help_text="The candidate, where one answers or chooses.",
                        max_length=300,
                        verbose_name="model",
                    ),
                ),
                migrations.AlterField(
                    model_name="run",
                    name="repeat",
                    field=models.PositiveIntegerField(
                        default=0,
                        help_text="How often the judge graded the same answers before.",
                        verbose_name="repeat",
                    ),
                ),
                migrations.AlterField(
                    model_name="run",
                    name="scope",
                    field=models.JSONField(
                        blank=True, default=dict, help_text="limit, split, filter, seed", verbose_name="scope"
                    ),
                ),
                migrations.AlterField(
                    model_name="run",
                    name="snapshot",
                    field=models.JSONField(
                        blank=True,
                        default=dict,
                        help_text="Everything that decides the outcome.",
                        verbose_name="snapshot",
                    ),
                ),
                migrations.AlterField(
                    model_name="run",
                    name="stage",
                    field=models.CharField(
                        blank=True,
                        help_text="Of its benchmark: choices, answers, judging.",
                        max_length=10,
                        verbose_name="stage",
                    ),
                ),
                migrations.AlterField(
                    model_name="run",
                    name="started_at",
                    field=models.DateTimeField(blank=True, null=True, verbose_name="started at"),
                ),
                migrations.AlterField(
                    model_name="run",
                    name="state",
                    field=models.CharField(
                        choices=[
                            ("pending", "pending"),
                            ("running", "running"),
                            ("finished", "finished"),
                            ("cancelled", "cancelled"),
                            ("failed", "failed"),
                        ],
                        default="pending",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                migrations.AlterField(
                    model_name="runbatch",
                    name="attempts",
                    field=models.PositiveIntegerField(default=0, verbose_name="attempts"),
                ),
                migrations.AlterField(
                    model_name="runbatch",
                    name="claimed_at",
                    field=models.DateTimeField(blank=True, null=True, verbose_name="claimed at"),
                ),
                migrations.AlterField(
                    model_name="runbatch",
                    name="claimed_by",
                    field=models.CharField(blank=True, max_length=200, verbose_name="claimed by"),
                ),
                migrations.AlterField(
                    model_name="runbatch",
                    name="error",
                    field=models.TextField(blank=True, verbose_name="error"),
                ),
                migrations.AlterField(
                    model_name="runbatch",
                    name="first_position",
                    field=models.PositiveIntegerField(
                        help_text="First item position, included.", verbose_name="first position"
                    ),
                ),
                migrations.AlterField(
                    model_name="runbatch",
                    name="last_position",
                    field=models.PositiveIntegerField(
                        help_text="Last item position, included.", verbose_name="last position"
                    ),
                ),
                migrations.AlterField(
                    model_name="runbatch",
                    name="number",
                    field=models.PositiveIntegerField(verbose_name="number"),
                ),
                migrations.AlterField(
                    model_name="runbatch",
                    name="run",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="batches",
                        to="judging.run",
                        verbose_name="run",
                    ),
                ),
                migrations.AlterField(
                    model_name="runbatch",
                    name="state",
                    field=models.CharField(
                        choices=[
                            ("pending", "pending"),
                            ("claimed", "claimed"),
                            ("done", "done"),
                            ("failed", "failed"),
                        ],
                        default="pending",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                migrations.AlterField(
                    model_name="runbatch",
                    name="versions",
                    field=models.JSONField(
                        blank=True, default=dict, help_text="Software that judged this batch.", verbose_name="versions"
                    ),
                ),
            ]
        ),
    ]
