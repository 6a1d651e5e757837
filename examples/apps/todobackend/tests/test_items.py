import pytest

from todo.models import TodoItem
from todo_common import MAX_ORDER, MAX_TITLE_LENGTH, ORDER_STEP

pytestmark = pytest.mark.django_db


def test_the_list_is_empty_at_first(api):
    response = api.get("/todos")
    assert response.status_code == 200
    assert response.json() == []


def test_a_created_item_is_told_back_whole(api):
    response = api.post("/todos", {"title": "Buy milk"})
    item = TodoItem.objects.get()
    assert response.status_code == 201
    assert response.json() == {
        "id": item.id,
        "url": f"http://testserver/todos/{item.id}",
        "title": "Buy milk",
        "completed": False,
        "order": ORDER_STEP,
    }
    assert response["Location"] == f"http://testserver/todos/{item.id}"


def test_an_item_is_read_at_its_url(api, add):
    item = add("Buy milk", completed=True, order=523)
    assert api.get(item["url"]).json() == item
    assert (item["completed"], item["order"]) == (True, 523)


def test_items_are_listed_by_their_order(api, add):
    add("last", order=30)
    add("first", order=1)
    add("middle", order=20)
    assert [item["title"] for item in api.get("/todos").json()] == ["first", "middle", "last"]


def test_an_item_without_an_order_goes_to_the_end(add):
    add("first", order=95)
    assert add("second")["order"] == 95 + ORDER_STEP


def test_an_update_of_one_field_leaves_the_others(api, add):
    item = add("Buy milk", order=7)
    response = api.patch(item["url"], {"completed": True})
    assert response.status_code == 200
    assert response.json() == {**item, "completed": True}
    assert api.get(item["url"]).json() == {**item, "completed": True}


def test_a_whole_item_is_replaced(api, add):
    item = add("Buy milk")
    changed = {"title": "Buy oat milk", "completed": True, "order": 3}
    assert api.put(item["url"], changed).json() == {**item, **changed}


def test_the_id_and_the_url_of_an_item_cannot_be_changed(api, add):
    item = add("Buy milk")
    assert api.patch(item["url"], {"id": 99, "url": "http://testserver/todos/99"}).json() == item


def test_a_deleted_item_is_gone_and_the_others_stay(api, add):
    item, other = add("Buy milk"), add("Buy bread")
    assert api.delete(item["url"]).status_code == 204
    assert api.get(item["url"]).status_code == 404
    assert api.get("/todos").json() == [other]


def test_clearing_the_list_deletes_every_item(api, add):
    add("Buy milk")
    add("Buy bread", completed=True)
    response = api.delete("/todos")
    assert response.status_code == 204
    assert response.content == b""
    assert api.get("/todos").json() == []


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_an_item_that_does_not_exist_is_not_found(api, method):
    response = getattr(api, method)("/todos/4711", {"title": "Buy milk"} if method != "get" else None)
    assert response.status_code == 404


def test_a_title_is_kept_in_its_normal_form(add):
    assert add("  Cafe\u0301 \n at  noon ")["title"] == "Caf\u00e9 at noon"


@pytest.mark.parametrize(
    ("title", "complaint"),
    [
        ("", "A title needs at least one visible character."),
        (" \t", "A title needs at least one visible character."),
        ("ring\x07", "A title has no control characters, but character 5 is U+0007."),
        ("x" * (MAX_TITLE_LENGTH + 1), "A title has at most 200 characters, but this one has 201."),
        (None, "This field may not be null."),
        (7, "Not a valid string."),
    ],
)
def test_a_bad_title_is_refused_and_nothing_is_kept(api, title, complaint):
    response = api.post("/todos", {"title": title})
    assert response.status_code == 400
    assert response.json() == {"title": [complaint]}
    assert not TodoItem.objects.exists()


def test_an_item_needs_a_title(api):
    response = api.post("/todos", {"order": 1})
    assert response.status_code == 400
    assert response.json() == {"title": ["This field is required."]}


def test_an_update_is_held_to_the_rules_of_titles(api, add):
    item = add("Buy milk")
    assert api.patch(item["url"], {"title": " "}).status_code == 400
    assert api.get(item["url"]).json() == item


@pytest.mark.parametrize("order", [-1, MAX_ORDER + 1, "soon"])
def test_an_order_out_of_range_is_refused(api, order):
    response = api.post("/todos", {"title": "Buy milk", "order": order})
    assert response.status_code == 400
    assert list(response.json()) == ["order"]


def test_the_highest_order_can_be_kept_and_followed(add):
    assert add("last", order=MAX_ORDER)["order"] == MAX_ORDER
    assert add("after it")["order"] == MAX_ORDER


def test_a_body_that_is_no_json_is_refused(api):
    response = api.post("/todos", data="{", content_type="application/json")
    assert response.status_code == 400
    assert api.post("/todos", data="title=x", content_type="text/plain").status_code == 415


@pytest.mark.parametrize("path", ["/todos", "/todos/1"])
def test_other_methods_are_not_allowed(api, path):
    response = api.generic("PATCH" if path == "/todos" else "POST", path)
    assert response.status_code == 405


def test_an_item_is_named_by_its_title():
    assert str(TodoItem(title="Buy milk")) == "Buy milk"
