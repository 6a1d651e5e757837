"""The rules of a to-do list: titles, order and progress."""

from todo_common.order import MAX_ORDER, ORDER_STEP, Listed, arrange, next_order
from todo_common.progress import Progress, progress_of
from todo_common.title import MAX_TITLE_LENGTH, TitleError, normalise_title

__all__ = [
    "MAX_ORDER",
    "MAX_TITLE_LENGTH",
    "ORDER_STEP",
    "Listed",
    "Progress",
    "TitleError",
    "arrange",
    "next_order",
    "normalise_title",
    "progress_of",
]
