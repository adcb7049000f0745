"""What can't be seen in a name, and what R would change in it: patterns, no steps."""

from __future__ import annotations

import re

INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|"
    r"[\u200c\u200d](?![^\x00-\x7f])|(?<![^\x00-\x7f])[\u200c\u200d]"
)
"""Characters without width, but for those that join letters of scripts that need them."""
OTHER_SPACES = re.compile(r"[^\S ]")
"""Spaces that look like one and aren't, and the ends of lines."""
NOT_OF_R = re.compile(r"[^\w.]")
"""What R's make.names replaces by a point."""
START_OF_R = re.compile(r"[^\W\d_]|\.(?![0-9])")
"""What a name begins with in R; before anything else it puts an X."""
WORDS_OF_R = frozenset(
    [
        "if",
        "else",
        "repeat",
        "while",
        "function",
        "for",
        "in",
        "next",
        "break",
        "TRUE",
        "FALSE",
        "NULL",
        "Inf",
    ]
) | frozenset(["NaN", "NA", "NA_integer_", "NA_real_", "NA_character_", "NA_complex_"])
"""Words that no name may be in R."""
