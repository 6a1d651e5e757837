"""What may be the title of an item."""

import unicodedata

MAX_TITLE_LENGTH = 200
"""The most characters (code points, after normalisation) of a title."""


class TitleError(ValueError):
    """A title that cannot be kept. Its text is fit to be shown to the person who typed the title."""


def normalise_title(raw: str) -> str:
    """Return the title that is kept for what a person typed.

    The text is put into Unicode's normalisation form C, so that titles that look the same are the
    same; white space at the ends goes, and a run of it inside, line ends included, becomes one space.
    The result is a fixed point: normalising it again changes nothing.

    Raises TitleError when nothing is left, when a control character is left (general category Cc),
    or when more than MAX_TITLE_LENGTH characters are left.
    """
    title = " ".join(unicodedata.normalize("NFC", raw).split())
    if not title:
        raise TitleError("A title needs at least one visible character.")
    for position, character in enumerate(title, start=1):
        if unicodedata.category(character) == "Cc":
            raise TitleError(f"A title has no control characters, but character {position} is U+{ord(character):04X}.")
    if len(title) > MAX_TITLE_LENGTH:
        raise TitleError(f"A title has at most {MAX_TITLE_LENGTH} characters, but this one has {len(title)}.")
    return title
