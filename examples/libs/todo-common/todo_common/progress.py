"""How much of a list is done."""

from collections.abc import Iterable
from dataclasses import dataclass

from todo_common.order import Listed


@dataclass(frozen=True)
class Progress:
    """A count of the items of a list."""

    completed: int
    total: int

    @property
    def open(self) -> int:
        """How many items are still to be done."""
        return self.total - self.completed

    @property
    def percent(self) -> int:
        """The completed share, from 0 to 100, rounded down: 100 means that nothing is left to do.

        An empty list is at 0.
        """
        return self.completed * 100 // self.total if self.total else 0


def progress_of(items: Iterable[Listed]) -> Progress:
    """Count the items, going through them once."""
    completed = 0
    total = 0
    for item in items:
        total += 1
        completed += bool(item.completed)
    return Progress(completed=completed, total=total)
