import shutil
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import get_template

import todo

PACKAGE = Path(todo.__file__).resolve().parent


@pytest.mark.django_db
def test_the_page_of_an_empty_list_says_so(client):
    response = client.get("/")
    assert response.status_code == 200
    assert response["Content-Type"] == "text/html; charset=utf-8"
    assert "Nothing to do." in response.content.decode()


def test_the_page_shows_open_items_first_and_how_much_is_done(client, add):
    add("Buy milk", order=1, completed=True)
    add("Buy bread", order=2)
    add("Call home", order=3)
    page = client.get("/").content.decode()
    assert "1 of 3 done (33%)" in page
    assert page.index("Buy bread") < page.index("Call home") < page.index("Buy milk")
    assert page.count('<li class="completed">') == 1


def test_each_item_of_the_page_links_to_its_url(client, add):
    item = add("Buy milk")
    page = client.get("/").content.decode()
    assert f'<a href="/todos/{item["id"]}">Buy milk</a>' in page


def test_a_title_cannot_bring_markup_into_the_page(client, add):
    add("<script>alert(1)</script>")
    page = client.get("/").content.decode()
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_the_template_is_the_package_s_own(installed_files):
    template = Path(get_template("todo/overview.html").origin.name).resolve()
    assert template == PACKAGE / "templates/todo/overview.html"
    assert template in installed_files


@pytest.mark.django_db
def test_the_style_sheet_of_the_page_is_the_package_s_own(client, installed_files):
    assert '<link rel="stylesheet" href="/static/todo/overview.css"' in client.get("/").content.decode()
    found = finders.find("todo/overview.css")
    assert found is not None, "no static file todo/overview.css in the installed package"
    assert Path(found).resolve() == PACKAGE / "static/todo/overview.css"
    assert Path(found).resolve() in installed_files


def test_the_style_sheet_is_collected(manage, tmp_path):
    done = manage("collectstatic", "--noinput", STATIC_ROOT=str(tmp_path / "collected"))
    assert done.returncode == 0, done.stderr
    assert ".items .completed a" in (tmp_path / "collected/todo/overview.css").read_text()
    shutil.rmtree(tmp_path / "collected")
