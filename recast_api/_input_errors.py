"""The errors about what a caller gives, raised before anything is sent; `recast_api.errors` draws all errors.

They have a file of their own because `errors` imports the models, whose runs some of its errors carry, while
the models raise `FormError`: in one file the two would import each other.
"""

from collections.abc import Mapping

Details = dict[str, tuple[str, ...]]
"""Sentences by the name of the field they are about."""


class RecastError(Exception):
    """Anything that went wrong with the API or with what it was about to be given."""


class ConfigurationError(RecastError, ValueError):
    """The token, client slug, base URL or time limit can't be used."""


class ArgumentError(RecastError, ValueError):
    """A run id, page number or interval can't be used."""


class FormError(RecastError, ValueError):
    """A run form can't be right; `details` has the sentences of every field at fault."""

    def __init__(self, details: Mapping[str, tuple[str, ...]]) -> None:
        self.details: Details = dict(details)
        super().__init__(" ".join(sentence for field in self.details.values() for sentence in field))
