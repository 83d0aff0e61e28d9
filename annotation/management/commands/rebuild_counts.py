"""manage.py rebuild_counts: labels -> kept counts, or only the comparison of both."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotation.actions.counts import CountCheck, check_counts, rebuild_counts
from annotation.models import Campaign


class Command(BaseCommand):
    """Makes the kept counts of campaigns anew."""

    help = "Make the kept counts of labels anew from the labels; with --check only compare them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--campaign", metavar="NAME", help="Only campaigns of this name or number.")
        parser.add_argument("--check", action="store_true", help="Write nothing; fail where a count is wrong.")
        parser.add_argument("--json", action="store_true", help="Print one JSON document.")

    def handle(self, *args: Any, **options: Any) -> None:
        act = check_counts if options["check"] else rebuild_counts
        checks = [check for campaign in self._campaigns(options["campaign"]) for check in act(campaign)]
        if options["json"]:
            self.stdout.write(json.dumps([check.as_json() for check in checks], ensure_ascii=False))
        else:
            self._report(checks, checked=options["check"])
        wrong = [check for check in checks if not check.is_right]
        if options["check"] and wrong:
            names = ", ".join(dict.fromkeys(repr(check.campaign) for check in wrong))
            raise CommandError(f"Kept counts of {names} are wrong. Run rebuild_counts without --check.")

    def _campaigns(self, name: str | None) -> list[Campaign]:
        if name is None:
            return list(Campaign.objects.order_by("pk"))
        found = list(Campaign.objects.filter(name=name).order_by("pk"))
        if not found and name.isdecimal():
            found = list(Campaign.objects.filter(pk=int(name)))
        if not found:
            names = ", ".join(map(repr, Campaign.objects.values_list("name", flat=True)[:20])) or "none yet"
            raise CommandError(f"There is no campaign {name!r}. Campaigns: {names}.")
        return found

    def _report(self, checks: list[CountCheck], *, checked: bool) -> None:
        for check in checks:
            of = f" ({check.criterion})" if check.criterion else ""
            before = "right" if check.is_right else self._wrong(check)
            self.stdout.write(f"{check.campaign}{of}: {check.rows} counts, {'' if checked else 'before: '}{before}")

    @staticmethod
    def _wrong(check: CountCheck) -> str:
        return f"{check.missing} missing, {check.different} different, {check.surplus} too many"
