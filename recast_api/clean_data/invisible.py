"""What can't be seen in a name: characters without width, spaces at the ends or of another kind."""

from __future__ import annotations

import re
import unicodedata

from recast_api.clean_data.sentences import LONGEST

INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|"
    r"[\u200c\u200d](?![^\x00-\x7f])|(?<![^\x00-\x7f])[\u200c\u200d]"
)
"""Characters without width, but for those that join letters of scripts that need them."""
OTHER_SPACES = re.compile(r"[^\S ]")
"""Spaces that look like one and aren't, and the ends of lines."""


def cleaned(name: str) -> str:
    """Return a name as it looks: accents in one character, no spaces at the ends, nothing invisible."""
    if name.isascii() and name.isprintable():
        return name.strip()
    before, name = name, INVISIBLE.sub("", OTHER_SPACES.sub(" ", name)).strip()
    # A joiner may have stood beside another character that can't be seen.
    return unicodedata.normalize("NFC", name) if name == before else cleaned(name)


def visible(name: str) -> str:
    """Return a name with marks for what can't be seen in it: `meta␣`, `meta<U+200B>`."""
    name = name[: 2 * LONGEST]
    apart = unicodedata.normalize("NFC", name) != name
    start, end = (len(name) - len(stripped) for stripped in (name.lstrip(" "), name.rstrip(" ")))
    inner = name[start : len(name) - end]
    hidden = {found.start() for pattern in (INVISIBLE, OTHER_SPACES) for found in pattern.finditer(inner)}
    hidden |= {at for at, character in enumerate(inner) if apart and unicodedata.combining(character)}
    marked = (f"<U+{ord(char):04X}>" if at in hidden else char for at, char in enumerate(inner))
    return "␣" * start + "".join(marked) + "␣" * end
