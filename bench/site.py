"""An installation that lives as long as a measurement: folder, database, queue.

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

from bench.items import make_dataset as make_dataset  # noqa: E402
