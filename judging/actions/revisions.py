"""Changing what an item says: the old texts stay, the number of its revision grows."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from judging.core.items import Turn, question_key
from judging.models import Item, ItemRevision

REVISABLE = ("question", "answer", "reference", "context")
OF_THE_ITEM = {"context"}
"""Texts beside the turns, and not in one."""


class RevisionRefused(ValueError):
    """Why a text was not changed, as a sentence."""


@transaction.atomic
def revise_item(
    item: Item, texts: Mapping[str, str], *, revision: int, reason: str, author: User | None = None
) -> ItemRevision | None:
    """Give question, answer or reference of the first turn, or the context, new words; the record of the old ones.

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
    turns = {name: text for name, text in changed.items() if name not in OF_THE_ITEM}
    fields: dict[str, Any] = {"turns": [{**row.turns[0], **turns}, *row.turns[1:]]} if turns else {}
    return write(row, fields | {name: changed[name] for name in OF_THE_ITEM & set(changed)}, reason, author)


@transaction.atomic
def restore_item(kept: ItemRevision, *, reason: str, author: User | None = None) -> ItemRevision | None:
    """Give an item back what it said before its newest revision; None where others have changed it since."""
    row = Item.objects.select_for_update().get(pk=kept.item_id)
    if row.revision != kept.number + 1 or set(kept.fields) - {"turns", *OF_THE_ITEM}:
        return None
    return write(row, kept.fields, reason, author)


def refuse_names(item: Item, texts: Mapping[str, str]) -> None:
    """Only the texts of an answer are revised."""
    if texts and (item.kind != Item.Kind.ANSWER or set(texts) - set(REVISABLE)):
        raise RevisionRefused(_("Only question, answer, reference and context of an answer can be corrected."))


def refuse_empty(changed: Mapping[str, str]) -> None:
    """Texts stay texts; there may be no reference."""
    if any(not text.strip() for name, text in changed.items() if name != "reference"):
        raise RevisionRefused(_("A corrected text cannot be empty: write it, or restore the original."))


def write(item: Item, fields: Mapping[str, Any], reason: str, author: User | None) -> ItemRevision:
    """New texts are a new revision; a new question is another question for every comparison of models."""
    old = {name: getattr(item, name) for name in fields}
    kept = ItemRevision.objects.create(item=item, number=item.revision, fields=old, author=author, reason=reason[:200])
    for name, value in fields.items():
        setattr(item, name, value)
    item.revision += 1
    item.question_key = question_key(tuple(Turn(**turn) for turn in item.turns))
    item.save(update_fields=[*fields, "revision", "question_key"])
    return kept
