"""The items that a table of labels is about: those of the dataset, or new ones that are only names."""

from collections.abc import Iterable
from typing import NamedTuple

from django.contrib.auth.models import User

from annotation.core.label_tables import Said
from judging.actions.imports import ImportRefused, InputFile
from judging.core.items import Turn, question_key
from judging.models import Dataset, ImportFile, Item

FORMAT = "label_table"


class Place(NamedTuple):
    """An item of the dataset, with the revision that labels are of."""

    pk: int
    revision: int


class TableItems:
    """Items by the name that tables call them. A dataset that only tables made grows with every table."""

    def __init__(self, dataset: Dataset, *, made: bool) -> None:
        self.dataset = dataset
        self.made = made
        self.new = 0
        self._grows = made or (not dataset.files.exclude(format=FORMAT).exists() and dataset.files.exists())
        self._places = {
            key: Place(pk, revision)
            for pk, key, revision in dataset.items.values_list("pk", "key", "revision").iterator(chunk_size=5000)
        }

    @classmethod
    def of(cls, name: str, file: InputFile, *, by: User | None, sha256: str) -> "TableItems":
        """The items of a dataset, which is made when there is none of this name."""
        if not name.strip() or len(name) > 200:
            raise ImportRefused("The name of a dataset has 1 to 200 characters. Choose another.")
        dataset, made = Dataset.objects.get_or_create(name=name, defaults={"state": Dataset.State.READY, "made_by": by})
        if dataset.state != Dataset.State.READY:
            raise ImportRefused(f"The dataset {name!r} is {dataset.state}. Choose another name.")
        Dataset.objects.select_for_update().get(pk=dataset.pk)
        if made:
            shown = file.path.name if not file.shown else file.shown
            ImportFile.objects.create(dataset=dataset, name=shown, sha256=sha256, format=FORMAT)
        return cls(dataset, made=made)

    def add(self, said: Iterable[Said], *, are_pairs: bool) -> None:
        """Make the items that are missing, if this dataset may grow."""
        if not self._grows:
            return
        wanted = {_key(found): found for found in said if _key(found) not in self._places}
        last = self.dataset.items.last_position() if wanted and not self.made else 0
        fresh = [
            _item(self.dataset, found, position, is_pair=are_pairs)
            for position, found in enumerate(wanted.values(), last + 1)
        ]
        self.new = len(fresh)
        for made in Item.objects.bulk_create(fresh, batch_size=500):
            self._places[made.key] = Place(made.pk, made.revision)
        self.dataset.files.filter(format=FORMAT).update(rows=len(self._places))

    def turned_round(self, said: Said) -> Said:
        """A vote on a pair whose models the dataset has in the other order, as a vote on that pair."""
        number, _, models = said.item.partition(":")
        first, _, second = models.partition(":")
        turned = f"{number}:{second}:{first}"
        if not second or said.item in self._places or turned not in self._places:
            return said
        value = {"A": "B", "B": "A"}.get(said.value, said.value)
        return said._replace(item=turned, value=value, order=said.order[::-1])

    def place_of(self, said: Said) -> Place | None:
        """The item of a label; None where the dataset has none such."""
        return self._places.get(_key(said)) or (self._places.get(said.item) if said.model else None)


def _key(said: Said) -> str:
    return f"{said.item}:{said.model}" if said.model else said.item


def _item(dataset: Dataset, said: Said, position: int, *, is_pair: bool) -> Item:
    turn = Turn(question=said.item)
    return Item(
        dataset=dataset,
        key=_key(said),
        position=position,
        kind=Item.Kind.PAIR if is_pair else Item.Kind.ANSWER,
        question_key=question_key((turn,)),
        model=said.model,
        turns=[turn.as_json()],
        turns_b=[turn.as_json()] if is_pair else None,
        answer_state=Item.AnswerState.MISSING,
        answer_reason="the table of labels holds no text",
    )
