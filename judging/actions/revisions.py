"""Changing what an item says: the old texts stay, the number of its revision grows."""

from collections.abc import Mapping

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from judging.core.items import Turn, question_key
from judging.models import Item, ItemRevision

REVISABLE = ("question", "answer", "reference")


class RevisionRefused(ValueError):
    """Why a text was not changed, as a sentence."""


@transaction.atomic
def revise_item(
    item: Item, texts: Mapping[str, str], *, revision: int, reason: str, author: User | None = None
) -> ItemRevision | None:
    """Give question, answer or reference of the first turn new words; the record of the old ones.

    `revision` is the one whose text was read: an item that has gone on since is refused. Texts that say what the item
    says already change nothing, and None comes back. Labels and judgments stay with the text that they are about.
    """
    row = Item.objects.select_for_update().get(pk=item.pk)
    if row.revision != revision:
        raise RevisionRefused(
            _("The text of this item has changed since you opened it. Reload to read it as it is now.")
        )
    refuse_names(row, texts)
    changed = {name: text for name, text in texts.items() if text != getattr(row, name)}
    if not changed:
        return None
    refuse_empty(changed)
    kept = ItemRevision.objects.create(
        item=row, number=row.revision, fields={"turns": row.turns}, author=author, reason=reason[:200]
    )
    write(row, [{**row.turns[0], **changed}, *row.turns[1:]])
    return kept


@transaction.atomic
def restore_item(kept: ItemRevision, *, reason: str, author: User | None = None) -> ItemRevision | None:
    """Give an item back what it said before its newest revision; None where others have changed it since."""
    row = Item.objects.select_for_update().get(pk=kept.item_id)
    if row.revision != kept.number + 1 or set(kept.fields) != {"turns"}:
        return None
    undone = ItemRevision.objects.create(
        item=row, number=row.revision, fields={"turns": row.turns}, author=author, reason=reason[:200]
    )
    write(row, kept.fields["turns"])
    return undone


def refuse_names(item: Item, texts: Mapping[str, str]) -> None:
    """Only the texts of an answer are revised."""
    if texts and (item.kind != Item.Kind.ANSWER or set(texts) - set(REVISABLE)):
        raise RevisionRefused(_("Only question, answer and reference of an answer can be corrected."))


def refuse_empty(changed: Mapping[str, str]) -> None:
    """A question and an answer stay texts; there may be no reference."""
    if any(not text.strip() for name, text in changed.items() if name != "reference"):
        raise RevisionRefused(_("A corrected text cannot be empty: write it, or restore the original."))


def write(item: Item, turns: list[dict[str, str]]) -> None:
    """New turns are a new revision; a new question is another question for every comparison of models."""
    item.turns = turns
    item.revision += 1
    item.question_key = question_key(tuple(Turn(**turn) for turn in turns))
    item.save(update_fields=["turns", "revision", "question_key"])
