"""Published questions from the network, where there is one: into a folder of ours, or one that somebody names."""

from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext

from judging.actions.runs import RunRefused
from judging.benchmarks import Benchmark
from judging.benchmarks.mt_bench.benchmark import MT_BENCH
from judging.benchmarks.mt_bench.fetch import Fetched, FetchRefused, fetch_mt_bench


def published_folder(benchmark: Benchmark) -> Path:
    """Where the published files of a benchmark are kept, once they were fetched."""
    return Path(settings.DATA_DIR) / "benchmarks" / benchmark.name


def fetch_questions(benchmark: Benchmark, folder: Path | None = None) -> Fetched:
    """Questions, references and prompts, compared with the checksums of the published ones; what is there is not
    fetched again. RunRefused where there is no network, or nothing to fetch."""
    if benchmark is not MT_BENCH:
        raise RunRefused(
            gettext("Only the files of %(fetched)s are fetched. Name where those of %(benchmark)s are.")
            % {"fetched": MT_BENCH.title, "benchmark": benchmark.title}
        )
    try:
        return fetch_mt_bench(folder or published_folder(benchmark), source=settings.MT_BENCH_SOURCE)
    except FetchRefused as error:
        raise RunRefused(str(error)) from error
    except OSError as error:
        raise RunRefused(
            gettext("%(filename)s cannot be written (%(strerror)s). Name another folder.")
            % {"filename": error.filename, "strerror": error.strerror}
        ) from error
