"""An empty database gets a confirmed upload and an ordered export: python -m tests.training_export.prepare_files."""

import json

import django

django.setup()

from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: E402

from annotation.actions import uploads  # noqa: E402
from tests import factories  # noqa: E402
from training_export.actions import order_export  # noqa: E402
from training_export.selection import select  # noqa: E402

dataset = factories.make_dataset()
factories.make_judgment(factories.make_run(dataset), factories.make_item(dataset))
order_export(select(dataset, source="judge"))
lines = [json.dumps({"question": f"Question {n}?", "answer": f"Answer {n}."}) for n in range(7)]
sent = SimpleUploadedFile("answers.jsonl", "\n".join(lines).encode())
uploads.store_upload(uploads.receive_files([sent]))
