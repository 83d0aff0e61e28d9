"""Which answer of a pair is the better one, by the words that decide in an export."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from annotation.core.pairwise import VOTES
from annotation.core.resolution import majority
from annotation.models import GoldLabel
from judging.models import Judgment
from training_export.core.records import PEOPLE, Source
from training_export.selection.choosing import Selection
from training_export.selection.columns import of_items


@dataclass(frozen=True, slots=True)
class VoteReader:
    """Overall votes on the pairs of a chunk."""

    selection: Selection

    def preferred(self, revisions: Mapping[int, int]) -> dict[int, str]:
        """A, B or tie by item; items that nobody decided are not in it."""
        found = self._judged(revisions) if self.selection.source not in PEOPLE else {}
        if self.selection.source == Source.JUDGE:
            return found
        people = self._majorities(revisions)
        return found | people | self._gold(revisions)

    def _majorities(self, revisions: Mapping[int, int]) -> dict[int, str]:
        """What enough of the labels on a pair say. A dispute is '': no judge settles it."""
        votes: dict[int, list[str]] = defaultdict(list)
        for item, vote in self._current(self.selection.all_labels(), revisions):
            votes[item].append(vote)
        return {item: self._agreed(said) for item, said in votes.items()}

    def _agreed(self, votes: list[str]) -> str:
        vote = majority(votes)
        if vote is None or votes.count(vote) / len(votes) < self.selection.min_agreement:
            return ""
        return vote

    def _gold(self, revisions: Mapping[int, int]) -> dict[int, str]:
        if self.selection.source == Source.HUMAN:
            return {}
        moment = self.selection.as_of
        rows = GoldLabel.objects.filter(campaign=self.selection.campaign, pk__lte=moment.gold_label)
        rows = rows.filter(
            Q(ended_at__isnull=True) | Q(ended_at__gt=moment.at), criterion=self.selection.criterion, value__in=VOTES
        )
        found = of_items(rows, revisions).values_list("item_id", "value")
        return {item: vote for item, vote in found if item in revisions}

    def _judged(self, revisions: Mapping[int, int]) -> dict[int, str]:
        return dict(self._current(Judgment.objects.filter(run=self.selection.run), revisions))

    def _current(self, rows: "QuerySet[Any]", revisions: Mapping[int, int]) -> Iterable[tuple[int, str]]:
        """Item and vote of the rows on the text that leaves."""
        votes = of_items(rows, revisions).filter(criterion=self.selection.criterion, value__in=VOTES)
        for item, revision, vote in votes.order_by("item_id", "pk").values_list("item_id", "item_revision", "value"):
            if revisions.get(item) == revision:
                yield item, vote
