"""`manage.py run_judge`: one judge over one dataset, on workers or in this process."""

import json
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import F, Sum
from tqdm import tqdm

from judging.actions.judges import JudgeChoice, UnknownName, chosen_judge, chosen_spec
from judging.actions.replays import open_replay, recorded, write_prompts
from judging.actions.retries import newest_run, reopen_unscored, retry_unscored
from judging.actions.runs import RunRefused, RunScope, open_run, start_run
from judging.actions.work import EngineFactory, make_engine, work_run
from judging.core.claimers import this_claimer
from judging.engines import ENGINES, queue_for
from judging.engines.gpu_memory import memory_trouble
from judging.engines.replayed import Recording, ReplayedEngine
from judging.models import Dataset, Judge, Run
from judging.reports import RunProgress, judge_stability, live_line, queue_of, queue_state, run_progress

LOOK_SECONDS = 0.5
ASK_QUEUE_EVERY = 10


class Command(BaseCommand):
    help = "Judge a dataset. The unfinished run of the same judge and dataset goes on instead of starting anew."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("dataset", help="name of the dataset")
        parser.add_argument("--judge", required=True, help="name of a judge, or name:version of a stored one")
        parser.add_argument("--rubric", default="", help="another rubric than the judge's")
        parser.add_argument("--engine", default="", help=f"another engine: {', '.join(sorted(ENGINES))}")
        parser.add_argument("--model", default="", help="the model, as its server calls it")
        parser.add_argument("--base-url", default="", help="address of the server (OPENAI_BASE_URL)")
        parser.add_argument("--samples", type=positive, help="replies per item")
        parser.add_argument("--coefficients", default="", help="YAML file with intercept and slope, for attributes")
        parser.add_argument("--limit", type=positive, help="only the first so many items")
        parser.add_argument("--split", choices=["dev", "test"], default="", help="only this part of a locked split")
        parser.add_argument("--seed", type=int, default=0, help="seed of the first sample (0)")
        parser.add_argument("--inline", action="store_true", help="work in this process, without a queue")
        parser.add_argument("--anyway", action="store_true", help="inline, although others hold the GPU's memory")
        parser.add_argument("--retry", choices=["unscored"], help="ask again what has no value in the newest run")
        parser.add_argument("--forced", action="store_true", help="with --retry: also prompts that were too long")
        parser.add_argument("--write-prompts", type=Path, metavar="FILE", help="write the prompts and judge nothing")
        parser.add_argument("--replies", type=Path, metavar="FILE", help="judge, here, from replies to those prompts")
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, **options: Any) -> None:
        dataset = Dataset.objects.filter(name=options["dataset"]).first()
        if dataset is None:
            raise CommandError(f"There is no dataset {options['dataset']!r}. Import it with import_dataset.")
        refuse_combined(options)
        if options["write_prompts"]:
            self.write_prompts(dataset, options)
            return
        started = time.monotonic()
        with refusals(), recording_of(options["replies"]) as recording:
            run = begun(dataset, options, recording)
            try:
                if recording is not None:
                    self.work(run, lambda name, engine_options: ReplayedEngine(recording))
                else:
                    self.work(run) if options["inline"] else self.follow(run)
            except KeyboardInterrupt:
                inline = options["inline"] or recording is not None
                raise CommandError(how_to_go_on(run, inline=inline), returncode=130) from None
        run.refresh_from_db()
        self.report(run, seconds=time.monotonic() - started, as_json=options["json"])

    def write_prompts(self, dataset: Dataset, options: dict[str, Any]) -> None:
        """The prompts to a file, and how many."""
        scope = RunScope(limit=options["limit"], seed=options["seed"], split=options["split"])
        with refusals():
            written = write_prompts(
                chosen_spec(choice_from(options)), dataset, scope=scope, path=options["write_prompts"]
            )
        if options["json"]:
            self.stdout.write(json.dumps(asdict(written)))
            return
        self.stdout.write(f"{written.prompts} prompts for {written.items} items are in {options['write_prompts']}.")
        if written.items_left_out:
            self.stdout.write(f"{written.items_left_out} items lack an answer, or a reference that the prompt shows.")

    def work(self, run: Run, engine: EngineFactory = make_engine) -> None:
        """Do all the work here."""
        with self.bar(run) as bar:
            while work_run(run.pk, claimer=this_claimer(), engine=engine, written=bar.update):
                pass

    def follow(self, run: Run) -> None:
        """Watch the workers until the run is over."""
        with self.bar(run) as bar:
            looks = 0
            while not run.is_over:
                wait()
                run.refresh_from_db()
                bar.update(items_done(run) - bar.n)
                looks += 1
                if looks % ASK_QUEUE_EVERY == 0 and not run.is_over:
                    bar.set_postfix_str(queue_trouble(queue_of(run)) or live_line(run))

    def bar(self, run: Run) -> tqdm:
        """Progress on stderr, so that stdout holds the summary alone."""
        progress = run_progress(run)
        title = f"run {run.pk}, {run.judge}"
        return tqdm(desc=title, total=progress.items, initial=items_done(run), unit=" items", file=self.stderr)

    def report(self, run: Run, *, seconds: float, as_json: bool) -> None:
        """The summary; CommandError where the run did not finish."""
        progress = run_progress(run)
        if as_json:
            self.stdout.write(json.dumps(summary(run, progress, seconds), ensure_ascii=False))
        else:
            self.stdout.write("\n".join(lines(run, progress)))
        if run.state != Run.State.FINISHED:
            raise CommandError(f"Run {run.pk} is {run.state}. {run.error}".strip())


def refuse_combined(options: dict[str, Any]) -> None:
    """CommandError for options that mean different runs."""
    given = [name for name in ("write_prompts", "replies", "retry") if options[name]]
    if len(given) > 1:
        first, second = (f"--{name.replace('_', '-')}" for name in given[:2])
        raise CommandError(f"{first} and {second} are two commands: give one of them.")


@contextmanager
def refusals() -> Iterator[None]:
    """What actions refuse, as errors of the command."""
    try:
        yield
    except (UnknownName, RunRefused) as error:
        raise CommandError(str(error)) from error


@contextmanager
def recording_of(path: Path | None) -> Iterator[Recording | None]:
    """The replies of a file while the run is judged from them; None without a file."""
    if path is None:
        yield None
        return
    with closing(recorded(path)) as recording:
        yield recording


def begun(dataset: Dataset, options: dict[str, Any], recording: Recording | None) -> Run:
    """The run that the options mean, ready to be worked on."""
    choice = choice_from(options)
    scope = RunScope(
        limit=options["limit"],
        seed=options["seed"],
        split=options["split"],
        replies=recording.sha256 if recording else "",
    )
    if recording is not None:
        return open_replay(choice, dataset, recording=recording, scope=scope)
    judge = chosen_judge(choice)
    if not options["inline"]:
        refuse_silent_queue(queue_for(judge.engine))
    elif queue_for(judge.engine) == "gpu" and not options["anyway"] and (trouble := memory_trouble()):
        raise CommandError(trouble)
    if options["retry"]:
        retry = reopen_unscored if options["inline"] else retry_unscored
        return retry(newest_run(judge, dataset), forced=options["forced"])
    begin = open_run if options["inline"] else start_run
    return begin(judge, dataset, scope=scope, base_url=options["base_url"])


def items_done(run: Run) -> int:
    """Items of the run that wait for nothing."""
    size = F("last_position") - F("first_position") + 1
    waiting = run.batches.open().aggregate(items=Sum(size, default=0))["items"]
    return max(0, run_progress(run).items - int(waiting))


def wait() -> None:
    """Until the next look at the run."""
    time.sleep(LOOK_SECONDS)


def positive(text: str) -> int:
    """A whole number from 1."""
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def choice_from(options: dict[str, Any]) -> JudgeChoice:
    """Which judge the options mean."""
    return JudgeChoice(
        name=options["judge"],
        rubric=options["rubric"],
        engine=options["engine"],
        model=options["model"],
        samples=options["samples"],
        coefficients=options["coefficients"],
    )


def refuse_silent_queue(name: str) -> None:
    """CommandError where nobody would do the work."""
    if trouble := queue_trouble(name):
        raise CommandError(f"{trouble} Or add --inline to work in this process.")


def queue_trouble(name: str) -> str:
    """What keeps a queue's work from being done, as a sentence; '' where nothing does."""
    state = queue_state(name)
    if not state.answers:
        return f"The queue at {state.address} does not answer: start it with `manage.py serve`, or set REDIS_URL."
    if not state.workers:
        return f"No worker listens to the queue {name}: start one with `{state.command}`."
    return ""


def how_to_go_on(run: Run, *, inline: bool) -> str:
    """What to say after Ctrl-C."""
    if inline:
        return f"Run {run.pk} stopped and keeps what it judged. The same command goes on with it."
    return (
        f"Run {run.pk} goes on without this command. To follow it, give the same command again or open "
        f"{run.get_absolute_url()}; to stop it, `manage.py cancel_run {run.pk}`."
    )


def summary(run: Run, progress: RunProgress, seconds: float) -> dict[str, Any]:
    """The document of --json."""
    judge: Judge | None = run.judge
    return {
        "run": run.pk,
        "judge": judge.name if judge else None,
        "version": judge.version if judge else None,
        "state": run.state,
        "items": progress.items,
        "judged": progress.judged,
        "counts": progress.counts | {"unscored": progress.unscored},
        "unscored_by_reason": progress.unscored_by_reason,
        "mean_score": progress.mean_score,
        "stability": [asdict(found) for found in judge_stability(run)],
        "seconds": round(seconds, 3),
    }


def lines(run: Run, progress: RunProgress) -> list[str]:
    """The summary for people."""
    text = [f"run {run.pk}: {run.judge} on {run.dataset}, {run.state}, {progress.judged} of {progress.items} items"]
    text += [f"  {verdict:<8} {count:>7}  {share:5.1f} %" for verdict, count, share in progress.verdicts]
    if progress.mean_score is not None:
        text.append(f"  mean score {progress.mean_score:.3f}")
    if progress.unscored:
        text.append(f"  unscored {progress.unscored:>7}  {progress.share(progress.unscored):5.1f} %")
        text += [f"    {reason:<18} {count:>7}  {share:5.1f} %" for reason, count, share in progress.reasons]
    for found in judge_stability(run):
        flips = "n/a" if found.flip_rate is None else f"{found.flip_rate:.4f}"
        name = f" of {found.criterion}" if found.criterion else ""
        text.append(f"  flip rate{name} {flips}, {found.flipped} of {found.items} items have a dissenting reply")
    return text
