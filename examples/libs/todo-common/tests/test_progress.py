from dataclasses import dataclass

import pytest

from todo_common import Progress, progress_of


@dataclass(frozen=True)
class Item:
    completed: bool
    id: int = 1
    order: int = 10


def test_a_list_is_counted():
    progress = progress_of([Item(True), Item(False), Item(False)])
    assert progress == Progress(completed=1, total=3)
    assert progress.open == 2


def test_an_iterator_is_enough():
    assert progress_of(Item(done) for done in (True, True)) == Progress(completed=2, total=2)


@pytest.mark.parametrize(
    ("completed", "total", "percent"),
    [(0, 0, 0), (0, 5, 0), (1, 3, 33), (999, 1000, 99), (5, 5, 100)],
)
def test_the_percentage_is_rounded_down(completed, total, percent):
    assert Progress(completed=completed, total=total).percent == percent
