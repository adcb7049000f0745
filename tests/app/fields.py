"""The widgets of the launch page, whichever client it is for."""

from typing import Any

from streamlit.testing.v1 import AppTest


def field(app: AppTest, kind: str, name: str) -> Any:
    """`field(app, "text_input", "note")`: the one widget of that kind and name."""
    (found,) = (one for one in app.get(kind) if (one.key or "").split(":")[2:3] == [name])
    return found


def open_first_fix(app: AppTest) -> AppTest:
    """Open the first fix that is offered, as a click on its expander does."""
    accept = next(one for one in app.button if one.label == "Accept this fix")
    app.session_state[str(accept.key).replace(":accept:", ":fix:", 1)] = True
    return app.run()
