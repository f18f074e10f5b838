"""Text of strangers, as a terminal and a page may show it."""

import unicodedata

LONGEST = 200
"""Characters that are shown of a name."""


def visible(text: object) -> str:
    """One line without characters that steer a terminal or turn the direction of writing.

    Such characters become `�`: they do not vanish, so that two names do not look alike. Escaping for HTML,
    LaTeX and Markdown is another matter, and that of those who write them.
    """
    words = " ".join(str(text).split())
    shown = "".join("�" if unicodedata.category(sign)[0] == "C" else sign for sign in words[: LONGEST + 1])
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"
