from dataclasses import dataclass

import pytest

from todo_common import MAX_ORDER, ORDER_STEP, arrange, next_order


@dataclass(frozen=True)
class Item:
    id: int
    order: int
    completed: bool = False


def test_the_first_item_leaves_room_before_it():
    assert next_order(None) == ORDER_STEP > 0


@pytest.mark.parametrize("highest", [0, 10, 523])
def test_an_added_item_stands_one_step_after_the_last(highest):
    assert next_order(highest) == highest + ORDER_STEP


@pytest.mark.parametrize("highest", [MAX_ORDER - 1, MAX_ORDER])
def test_the_order_does_not_leave_its_range(highest):
    assert next_order(highest) == MAX_ORDER


@pytest.mark.parametrize("highest", [-1, MAX_ORDER + 1])
def test_an_order_outside_the_range_is_refused(highest):
    with pytest.raises(ValueError) as caught:
        next_order(highest)
    assert str(caught.value) == f"an order is from 0 to 2147483647, not {highest}"


def test_open_items_stand_before_completed_ones():
    done, later = Item(1, 10, completed=True), Item(2, 20)
    assert arrange([done, later]) == [later, done]


def test_items_of_one_order_stand_in_the_sequence_of_their_ids():
    items = [Item(3, 10), Item(1, 20), Item(2, 10)]
    assert [item.id for item in arrange(items)] == [2, 3, 1]


def test_arranging_leaves_its_argument_alone():
    items = [Item(2, 20), Item(1, 10)]
    arrange(items)
    assert [item.id for item in items] == [2, 1]
