"""Data sets of any size, of Japanese items with a text of their own. Django has to be set up before."""

from judging.core.items import Turn, question_key
from judging.models import Dataset, Item

QUESTION = "次の文章を三つの要点にまとめ、それぞれの理由を述べてください。第{number}問：地方の鉄道を残すべきかどうか。"
ANSWER = (
    "要点は三つあります。第一に、通学や通院の足として代わりがないこと。第二に、道路だけでは冬の輸送が不安定なこと。"
    "第三に、廃線のあとの町の衰えが費用として数えられていないことです。答案{number}では、利用者の数だけで決めず、"
    "地域全体の損得で比べるべきだと考えます。ただし、赤字の一部は自治体が負担する必要があります。"
)
REFERENCE = "通学・通院の足、冬の輸送、町の衰えの三点を挙げ、費用の分担に触れていること。"
CHUNK = 5_000


def make_dataset(items: int) -> Dataset:
    """Items of some 250 Japanese characters, each with a text of its own."""
    dataset = Dataset.objects.create(name=f"{items} items {Dataset.objects.count()}", state=Dataset.State.READY)
    for first in range(1, items + 1, CHUNK):
        Item.objects.bulk_create(new_item(dataset, n) for n in range(first, min(first + CHUNK, items + 1)))
    return dataset


def new_item(dataset: Dataset, number: int) -> Item:
    """One item."""
    turn = Turn(QUESTION.format(number=number), ANSWER.format(number=number), REFERENCE)
    place = {"position": number, "key": str(number), "question_key": question_key((turn,))}
    return Item(dataset=dataset, turns=[turn.as_json()], **place)
