"""The sandbox's clock: real time, which can be moved on and, for tests, stopped."""

import time
from collections.abc import Callable


class Clock:
    """Unix seconds: those of `real`, plus what was advanced, minus what was frozen."""

    def __init__(self, real: Callable[[], float] = time.time) -> None:
        self.real = real
        self._ahead = 0.0
        self._frozen_at: float | None = None

    def now(self) -> float:
        """Return the time that runs, their dates and the rate limits go by."""
        return (self.real() if self._frozen_at is None else self._frozen_at) + self._ahead

    def advance(self, seconds: float) -> None:
        """Move the clock on."""
        self._ahead += seconds

    def freeze(self) -> None:
        """Stand still: from here on only `advance` moves the clock."""
        self._frozen_at = self.real()

    def reset(self) -> None:
        """Run in real time again."""
        self._ahead, self._frozen_at = 0.0, None
