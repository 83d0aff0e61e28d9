"""An installation that lives as long as a measurement: folder, database, queue, one data set of each size.

Import this before anything of the project's own: it says where the data are, and sets Django up.
"""

import atexit
import os
import shutil
import tempfile

FOLDER = os.environ.get("BENCH_FOLDER") or tempfile.mkdtemp(prefix="evalsite-bench-")
if "BENCH_FOLDER" not in os.environ:
    atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
for name in ("DATABASE_URL", "REDIS_URL"):
    os.environ.pop(name, None)
os.environ |= {
    "BENCH_FOLDER": FOLDER,
    "EVALSITE_DATA_DIR": FOLDER,
    "DJANGO_SETTINGS_MODULE": "evalsite.settings",
    "NO_PROXY": "127.0.0.1,localhost",
}

import django  # noqa: E402

django.setup()

from judging.core.items import Turn, question_key  # noqa: E402
from judging.models import Dataset, Item  # noqa: E402

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
