"""Names for the files that can be taken away."""

import hashlib
import re

_UNSAFE = re.compile(r"[^A-Za-z0-9.-]+")
_LONGEST = 60
"""Characters of one part: with all its parts a name stays below the 255 that file systems take."""


def file_name(*parts: object, digest: str, ending: str) -> str:
    """`clean_data_acme_2790_1a2b3c4d.csv`, from parts that may be foreign and the SHA-256 of the content.

    Streamlit tells large files apart by samples of their content and by their names. With a part of the
    hash in the name, two of them can't be taken for the same, neither there nor in a downloads folder.
    """
    words = (_UNSAFE.sub("_", str(part))[:_LONGEST].strip("._-") for part in parts)
    return "_".join((*filter(None, words), digest[:8])) + f".{ending}"


def digest_of(content: bytes) -> str:
    """The SHA-256 of `content`, in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()
