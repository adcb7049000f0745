"""Foreign text (file names, headers, server messages) made safe to stand inside Markdown."""

import re
import unicodedata

# Every sign that Markdown, or Streamlit's additions to it, may read as anything but itself. Not `_` within
# a word nor `:` before a blank: a plain sentence stays as it is, since screen readers read some labels as
# they are written here. A number and a point make a list, but only where a line begins.
_SIGNS = re.compile(
    r"^[-+=>] | ^\d+(?=[.)](?:\s|$)) | [\\`*~<&|{$\#] | _(?![^\W_]) | (?<![^\W_])_ | :(?!\s)", re.VERBOSE
)

# Where text is replaced only after the Markdown was read, so that no backslash helps: arrows and dashes,
# icons and emoji by name, addresses.
_SEAMS = re.compile(
    r"(?<=[-<>~])(?=[-=>]) | (?<=:)(?=[\w+/-]) | (?<=[Ww]{3})(?=\.|$) | (?=@)", re.VERBOSE | re.ASCII
)
_SEAM = "\0"

# A coloured piece of text without text or colour: nothing to be seen or copied, but what stands before it
# and what stands after it are no longer one text.
_NOTHING = ":color{}"

# `st.badge` puts a backslash before these, whatever stands there already.
_BRACKETS = str.maketrans({"[": "&#91;", "]": "&#93;"})

_JOINERS = "\u200c\u200d"
"""Invisible too, but parts of words in some scripts and of some emoji."""


def escape(text: object) -> str:
    """`text` as Markdown that shows exactly its characters, on one line, as part of one line.

    Blanks in a row count as one, as they do in every browser. Control characters, and invisible ones that
    could turn the words around them round, are shown by their number: `[U+202E]`.
    """
    one_line = " ".join(str(text).split())
    shown = "".join(map(_shown, one_line))
    escaped = _SIGNS.sub(_with_backslash, _SEAMS.sub(_SEAM, shown))
    return escaped.translate(_BRACKETS).replace(_SEAM, _NOTHING)


def _with_backslash(found: re.Match[str]) -> str:
    sign = found[0]
    return f"{sign}\\" if sign.isdigit() else f"\\{sign}"


def _shown(character: str) -> str:
    # Control, format, and half of a pair: such a half can't even be sent to a browser.
    hidden = unicodedata.category(character) in ("Cc", "Cf", "Cs") and character not in _JOINERS
    return f"[U+{ord(character):04X}]" if hidden else character
