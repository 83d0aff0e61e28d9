"""The one model that this process has loaded: kept from job to job, freed when the next work needs another."""

import atexit
import gc
import sys
from collections.abc import Callable, Hashable
from typing import Protocol, TypeVar, cast


class Loaded(Protocol):
    """A model in memory."""

    def unload(self) -> None:
        """End its processes and let go of its memory."""


Model = TypeVar("Model", bound=Loaded)


class WarmModel:
    """A place for one model."""

    def __init__(self) -> None:
        self._key: Hashable = None
        self._loaded: Loaded | None = None

    def get(self, key: Hashable, load: Callable[[], Model]) -> Model:
        """The model of this key; any other is unloaded first."""
        if self._loaded is None or self._key != key:
            self.unload()
            # Before multiprocessing's own handler, which would wait for the engine's processes for ever.
            atexit.unregister(self.unload)
            atexit.register(self.unload)
            self._loaded, self._key = load(), key
        return cast(Model, self._loaded)

    def unload(self) -> None:
        """Free the memory, of the GPU too; harmless where nothing is loaded."""
        loaded, self._loaded, self._key = self._loaded, None, None
        if loaded is None:
            return
        loaded.unload()
        del loaded
        free_memory()


def free_memory() -> None:
    """Give back what torch keeps for later."""
    gc.collect()
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_initialized():
        torch.cuda.empty_cache()


WARM = WarmModel()
"""That of this process."""
