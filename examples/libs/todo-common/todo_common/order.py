"""Where an item stands in its list."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

MAX_ORDER = 2**31 - 1
"""The highest order: the largest signed integer of 32 bits, which every common database can hold."""

ORDER_STEP = 10
"""The distance of a new item from the last one: room to move items in between without renumbering."""


class Listed(Protocol):
    """What an item must have to stand in a list. A lower order stands higher up."""

    @property
    def id(self) -> int: ...

    @property
    def order(self) -> int: ...

    @property
    def completed(self) -> bool: ...


Item = TypeVar("Item", bound=Listed)


def next_order(highest: int | None) -> int:
    """Return the order of an item added to the end of a list.

    `highest` is the highest order in the list, None for an empty list. At the end of the range the
    answer stays at MAX_ORDER; items of one order stand in the sequence in which they were made.

    Raises ValueError when `highest` is itself outside 0 to MAX_ORDER.
    """
    if highest is None:
        return ORDER_STEP
    if not 0 <= highest <= MAX_ORDER:
        raise ValueError(f"an order is from 0 to {MAX_ORDER}, not {highest}")
    return min(highest + ORDER_STEP, MAX_ORDER)


def arrange(items: Iterable[Item]) -> list[Item]:
    """Return the items as a person reads them: open before completed, then by order, then by id."""
    return sorted(items, key=lambda item: (item.completed, item.order, item.id))
