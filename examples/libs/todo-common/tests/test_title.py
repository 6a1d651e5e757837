import unicodedata

import pytest

from todo_common import MAX_TITLE_LENGTH, TitleError, normalise_title


def test_a_plain_title_is_kept_as_it_is():
    assert normalise_title("Buy milk") == "Buy milk"


@pytest.mark.parametrize("raw", ["  Buy milk ", "Buy   milk", "Buy\tmilk\n", "Buy\r\nmilk", "Buy\u00a0milk"])
def test_white_space_is_trimmed_and_runs_of_it_become_one_space(raw):
    assert normalise_title(raw) == "Buy milk"


def test_titles_that_look_the_same_become_the_same():
    composed, decomposed = "Caf\u00e9", "Cafe\u0301"
    assert composed != decomposed
    assert normalise_title(composed) == normalise_title(decomposed)
    assert unicodedata.is_normalized("NFC", normalise_title(decomposed))


@pytest.mark.parametrize("raw", ["  a \u0301 b ", "x" * MAX_TITLE_LENGTH, "\u1100\u1161\u11a8"])
def test_normalising_twice_changes_nothing(raw):
    once = normalise_title(raw)
    assert normalise_title(once) == once


@pytest.mark.parametrize("raw", ["", "   ", "\n\t", "\u2003"])
def test_a_title_of_nothing_visible_is_refused(raw):
    with pytest.raises(TitleError) as caught:
        normalise_title(raw)
    assert str(caught.value) == "A title needs at least one visible character."


def test_a_control_character_is_refused_with_its_place():
    with pytest.raises(TitleError) as caught:
        normalise_title(" ring\x07")
    assert str(caught.value) == "A title has no control characters, but character 5 is U+0007."


def test_the_longest_title_is_measured_after_normalisation():
    assert len(normalise_title("  " + "e\u0301" * MAX_TITLE_LENGTH + "  ")) == MAX_TITLE_LENGTH


def test_a_longer_title_is_refused():
    with pytest.raises(TitleError) as caught:
        normalise_title("x" * (MAX_TITLE_LENGTH + 1))
    assert str(caught.value) == "A title has at most 200 characters, but this one has 201."
