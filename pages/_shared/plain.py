"""Foreign text (file names, headers, server messages) made safe to stand inside Markdown."""

import re

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~:$])")


def escape(text: object) -> str:
    """`text` as Markdown that shows exactly its characters, on one line.

    Streamlit turns `:material/name:` into an icon even when the colons are escaped, so that one
    sequence gets an invisible word joiner.
    """
    one_line = " ".join(str(text).split())
    return _MARKDOWN.sub(r"\\\1", one_line.replace(":material/", ":\u2060material/"))
