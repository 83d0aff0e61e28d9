"""`manage.py demo`: the whole way on a dataset that ships with the project, then the pages until Ctrl-C."""

import json
import secrets
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from evalsite.demonstration import DATASET, LABELS, QA_FILE, REVIEWERS, label_as_the_reviewers_did
from evalsite.services import ServiceError, running_site
from judging.models import Run
from judging.permissions import Role

LEAD = "lead-1"
CAMPAIGN = "example review"
JUDGE = "reference"


class Command(BaseCommand):
    """Import, judge, review, agreement, export, with example data and example people."""

    help = "Run the whole way on the example dataset, print the report, and serve the pages until Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="stop after the report")
        parser.add_argument("--port", type=int, default=0, help="port of the pages; 0 takes any free one")

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=0)
        logins = example_logins()
        try:
            with running_site(port=options["port"], workers=1) as site:
                site.wait_for_workers()
                self.main_job()
                self.stdout.write(self.style.MIGRATE_HEADING("\nThe pages"))
                self.stdout.write(f"  {site.address}\n\n  log in as      password")
                for name, password in logins.items():
                    self.stdout.write(f"  {name:<14} {password}")
                if options["once"]:
                    return
                self.stdout.write("\nServing until Ctrl-C.")
                site.watch()
        except ServiceError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            self.stdout.write(f"\nStopped. Everything is kept in {settings.DATA_DIR}; `make demo` goes on from there.")

    def main_job(self) -> None:
        """The five steps, each by the command that anyone would type."""
        self.run_command("import_dataset", str(QA_FILE), "--name", DATASET)
        finished = Run.objects.filter(dataset__name=DATASET, state=Run.State.FINISHED)
        if not finished.exists():
            self.run_command("run_judge", DATASET, "--judge", JUDGE)
        people = ["--annotators", ",".join(REVIEWERS), "--run", str(finished.earliest("pk").pk)]
        self.run_command("assign_items", CAMPAIGN, "--dataset", DATASET, *people)
        new = label_as_the_reviewers_did(CAMPAIGN)
        self.stdout.write(f"\nStored {new} example labels of {' and '.join(REVIEWERS)} from {LABELS.name}.")
        self.run_command("report_agreement", DATASET)
        self.run_command("export_dataset", DATASET, "--output", str(next_folder(settings.EXPORT_DIR)))

    def run_command(self, name: str, *words: str) -> None:
        """Show a command as it would be typed, and run it."""
        typed = " ".join(f"'{word}'" if " " in word else word for word in (name, *words))
        self.stdout.write(self.style.MIGRATE_HEADING(f"\n$ manage.py {typed}"))
        self.stdout.flush()
        call_command(name, *words, stdout=self.stdout)


def next_folder(parent: Path) -> Path:
    """A folder of its own for every time the demonstration runs."""
    taken = [int(path.name.removeprefix("demo-")) for path in parent.glob("demo-*")]
    return parent / f"demo-{max(taken, default=0) + 1}"


def example_logins() -> dict[str, str]:
    """Names and passwords of the example people: made on the first run, printed again on every later one."""
    path = settings.DATA_DIR / "demo_logins.json"
    if path.exists():
        stored: dict[str, str] = json.loads(path.read_text())
        return stored
    logins = {name: secrets.token_urlsafe(9) for name in (LEAD, *REVIEWERS)}
    for name, password in logins.items():
        is_lead = name == LEAD
        user, _ = User.objects.get_or_create(username=name, defaults={"is_staff": is_lead, "is_superuser": is_lead})
        user.set_password(password)
        user.save(update_fields=["password"])
        user.groups.add(Group.objects.get(name=Role.LEAD if is_lead else Role.ANNOTATOR))
    path.touch(mode=0o600)
    path.write_text(json.dumps(logins, indent=1))
    return logins
