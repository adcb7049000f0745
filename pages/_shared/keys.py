"""Every key of the session and every query parameter of the app, in one place.

A key that isn't made here fails `tests/app/test_keys.py`: what is kept of a person's, for how long and for
whom, can be read in one file, and no two pages can mean different things by one key.
"""

import hashlib

# What the session keeps. It ends with the browser tab; nothing here outlives a reload.
CONNECTION = "connection_in_use"
CONNECTION_CHOICE = "connection_choice"
CONNECTION_CHECKED = "connection_checked"
SANDBOX_TOKEN = "sandbox_token"
LAUNCHES = "launches"
"""What was put into the launch page, for each API, client and token: `pages/_launch/entered.py`."""
LAUNCHES_WATCHED = "launches_watched"
LAUNCHES_LOOKED_FOR = "launches_looked_for"
LAUNCH_PROBLEM = "launch_problem"
RUNNING_IDS = "running_ids"

# Widgets of every page.
CHANGE_CONNECTION = "change_connection"
CONNECTION_FORM = "connection_form"
DIALOG_TOKEN = "connection_dialog_token"
DIALOG_SLUG = "connection_dialog_slug"
DIALOG_PROBLEM = "connection_dialog_problem"
DIALOG_DONE = "connection_dialog_done"

# Tabs.
DATA_PREVIEW = "data_preview"
CHECK_LOOKS = "check_looks"

# Query parameters. The last two are widgets too.
PARAM_RUN = "run"
PARAM_DATA_OF = "data_of"
PARAM_PAGE = "page"
PARAM_OUTCOME = "outcome"

# Containers, for the style sheet and the browser tests; the session keeps nothing under these.
BOX_CONNECTION = "connection"
BOX_DATA = "step_data"
BOX_CHECK = "step_check"
BOX_SUMMARY = "summary"
BOX_SETTINGS = "step_settings"
BOX_SEND = "step_send"
BOX_CONFIRM = "confirm"
BOX_REFUSED = "launch_refused"
BOX_UNWRITTEN = "launch_unwritten"
BOX_TAKEAWAY = "takeaway"


def of_launch_page(scope: str, name: str, *about: object) -> str:
    """A widget of the launch page: one for each client, and for each thing that its value is about."""
    return ":".join(["launch", scope, name, *map(_digest, about)])


def of_open_launch(action: str, launch_id: int, *about: object) -> str:
    """A card of a launch that is under way or unknown, or a button on it."""
    return ":".join(["open_launch", action, str(launch_id), *map(_digest, about)])


def is_listed(key: str) -> bool:
    """Whether `key` is one of those above."""
    return key.startswith(("launch:", "open_launch:")) or key in _NAMED


def _digest(value: object) -> str:
    # What a widget is about may be a column's name or a sentence: foreign, long, with anything in it.
    return hashlib.sha256(repr(value).encode()).hexdigest()[:16]


_NAMED = frozenset(value for name, value in globals().items() if name.isupper() and isinstance(value, str))
