"""Memory and load of the GPUs on the machines of the workers, as those say it: the web server may run elsewhere."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from django_rq import get_queue
from redis.exceptions import ConnectionError as QueueConnectionError
from redis.exceptions import TimeoutError as QueueTimeoutError

from judging.engines.gpu_memory import GIB, GpuState

PREFIX = "evalsite:gpus:"
"""Before the name of a machine, in the queue's server."""

GPU_QUEUE = "gpu"


@dataclass(frozen=True, slots=True)
class HostGpu:
    """A GPU and the machine that it is in."""

    host: str
    state: GpuState

    @property
    def used_gib(self) -> float:
        """Memory that is taken, by whomever."""
        return self.state.used / GIB

    @property
    def total_gib(self) -> float:
        """Memory that it has."""
        return self.state.total / GIB

    @property
    def percent(self) -> float:
        """Memory that is taken, of a hundred."""
        return 100 * self.state.used / self.state.total if self.state.total else 0.0


def as_stored(states: Sequence[GpuState]) -> str:
    """What a worker says of its machine."""
    return json.dumps([asdict(state) for state in states])


def gpus_of_workers() -> list[HostGpu]:
    """Every GPU whose worker spoke lately; nothing where there are none, or where the queue does not answer."""
    connection = get_queue(GPU_QUEUE).connection
    try:
        keys = sorted(key.decode() for key in connection.scan_iter(f"{PREFIX}*"))
        said = connection.mget(keys) if keys else []
    except (QueueConnectionError, QueueTimeoutError):
        return []
    return [
        HostGpu(key.removeprefix(PREFIX), GpuState(**state))
        for key, text in zip(keys, said, strict=True)
        if text
        for state in json.loads(text)
    ]
