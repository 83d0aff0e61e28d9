"""What a teacher model made of a document: its questions, and how much of what it wrote is none, by reason."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from judging.benchmarks.mmlu.shots import said
from judging.benchmarks.mmlu.teaching import Bad, Made, read_reply
from judging.models import Item, Run
from judging.models.runs import Reply, Status

STAGE = "questions"
"""The stage of a run whose candidate makes questions."""

CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class FromPassage:
    """A question, the passage it was made from, and its number among those of the reply."""

    made: Made
    passage: Item
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeQuestions:
    """The questions of a run. `bad`: by reason; the reasons of a reply that failed are the engine's."""

    questions: Sequence[FromPassage]
    bad: Mapping[str, int]
    replies: int


def made_questions(run: Run) -> MadeQuestions:
    """What the replies of a run come to, in the order of the document; of questions that read the same the first."""
    found: list[FromPassage] = []
    bad: Counter[str] = Counter()
    known: set[str] = set()
    replies = list(newest_replies(run))
    for reply in replies:
        if reply.status != Status.SCORED:
            bad[reply.reason] += 1
            continue
        for number, each in enumerate(read_reply(reply.text, cut_off=reply.finish == "length"), start=1):
            if isinstance(each, Bad):
                bad[each.value] += 1
            elif said(each.question) in known:
                bad[Bad.REPEATED.value] += 1
            else:
                known.add(said(each.question))
                found.append(FromPassage(made=each, passage=reply.item, number=number))
    return MadeQuestions(questions=found, bad=dict(sorted(bad.items())), replies=len(replies))


def newest_replies(run: Run) -> Iterator[Reply]:
    """The last reply to every passage."""
    replies = run.replies.select_related("item").order_by("item__position", "-attempt")
    before = None
    for reply in replies.iterator(chunk_size=CHUNK):
        if reply.item_id != before:
            yield reply
        before = reply.item_id
