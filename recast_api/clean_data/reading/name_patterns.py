"""What R would change in a name: patterns, no steps."""

from __future__ import annotations

import re

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
