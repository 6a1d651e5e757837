import pytest

ORIGIN = "https://app.example.org"

pytestmark = pytest.mark.django_db


def test_another_origin_is_not_let_in_by_default(client):
    response = client.get("/todos", headers={"origin": ORIGIN})
    assert "Access-Control-Allow-Origin" not in response


def test_a_listed_origin_is_let_in(client, settings):
    settings.CORS_ALLOWED_ORIGINS = [ORIGIN]
    assert client.get("/todos", headers={"origin": ORIGIN})["Access-Control-Allow-Origin"] == ORIGIN
    other = client.get("/todos", headers={"origin": "https://other.example.org"})
    assert "Access-Control-Allow-Origin" not in other


def test_a_browser_may_ask_before_it_deletes(client, settings):
    settings.CORS_ALLOWED_ORIGINS = [ORIGIN]
    headers = {"origin": ORIGIN, "access-control-request-method": "DELETE"}
    response = client.options("/todos", headers=headers)
    assert response.status_code == 200
    assert "DELETE" in response["Access-Control-Allow-Methods"].split(", ")
