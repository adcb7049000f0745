"""Launches whose answer never came: what is known, what is being done, what the person can do.

The fragment looks for them on the schedule of `recast_api.launching`. A look is a few requests that may
each wait for a slow server, so it is made in a thread, and the page goes on.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from threading import Thread

import streamlit as st

from pages._shared import problems, run_list, times
from pages._shared.connection import Connection
from pages._shared.plain import escape
from pages._shared.run_words import run_type_word
from recast_api import RecastError
from recast_api.journal import Entry, RunId
from recast_api.launching import next_look

OfferResend = Callable[[Entry], None]
"""Draws the way to send a missing launch again, where the page at hand has its data."""

_TICK_SECONDS = 3.0
_QUICK_SECONDS = 1.0
"""Most looks are over by then, and show their outcome at once; longer nobody should wait for a page."""

_LOOKS = "launches_looked_for"
_WATCHED = "launches_watched"
_PROBLEM = "unknown_launch_problem"


def draw(connection: Connection, offer_resend: OfferResend | None = None) -> None:
    """A card for each unknown launch of this person's, and for those found in this browser session.

    Raises `JournalUnavailableError`.
    """
    unresolved = {entry.id for entry in connection.journal.unresolved(connection.owner)}
    watched: set[int] = st.session_state.setdefault(_WATCHED, set())
    watched |= unresolved
    if unresolved:
        st.fragment(_cards, run_every=_TICK_SECONDS)(connection, sorted(unresolved), offer_resend)
    for entry_id in sorted(watched - unresolved):
        _settled(connection, entry_id)
    problems.notices(connection.journal.notices)


def _cards(connection: Connection, entry_ids: Sequence[int], offer_resend: OfferResend | None) -> None:
    if (problem := st.session_state.pop(_PROBLEM, None)) is not None:
        problems.draw(problem)
    with problems.shown():
        for entry_id in entry_ids:
            entry = _looked_for(connection, entry_id)
            if entry is None or not entry.state.is_open:
                st.rerun()  # settled, here or elsewhere: the rest of the page shows its run too
            _card(connection, entry, offer_resend)


def _looked_for(connection: Connection, entry_id: int) -> Entry | None:
    """The entry after a look, if one is due and quick; else as it is while the look goes on."""
    entry = connection.journal.entry(connection.owner, entry_id)
    due = next_look(entry) if entry and _is_here(connection, entry) else None
    if entry is None or due is None or due > times.now():
        return entry
    _look(connection, entry)
    return connection.journal.entry(connection.owner, entry_id)


def _look(connection: Connection, entry: Entry) -> None:
    looks: dict[int, Thread] = st.session_state.setdefault(_LOOKS, {})
    look = looks.get(entry.id)
    if look is None or not look.is_alive():
        look = looks[entry.id] = Thread(target=_reconcile, args=(connection, entry), daemon=True)
        look.start()
    look.join(_QUICK_SECONDS)


def _reconcile(connection: Connection, entry: Entry) -> None:
    # A look that failed is made again at the next tick; the launch itself is as unknown as before.
    with suppress(RecastError):
        connection.launcher.reconcile(entry)


def _settled(connection: Connection, entry_id: int) -> None:
    entry = connection.journal.entry(connection.owner, entry_id)
    if entry is not None and entry.run_id is not None:
        _found_card(entry)


def _is_here(connection: Connection, entry: Entry) -> bool:
    return (entry.base_url, entry.client_slug) == (connection.client.base_url, connection.client_slug)


def _card(connection: Connection, entry: Entry, offer_resend: OfferResend | None) -> None:
    with st.container(border=True, key=f"unknown_{entry.id}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.badge("Outcome unknown", icon=":material/help:", color="orange")
            st.markdown(_what(entry))
        st.markdown(escape(entry.message))
        st.caption(_being_done(connection, entry))
        if _is_here(connection, entry):
            for run_id in entry.candidates:
                _candidate(connection, entry, run_id)
            _actions(connection, entry, offer_resend)


def _found_card(entry: Entry) -> None:
    key = f"found_{entry.id}"
    with st.container(border=True, key=key, horizontal=True, vertical_alignment="center"):
        st.badge("Found again", icon=":material/check_circle:", color="green")
        st.markdown(f"{_what(entry)}: it is run {escape(entry.run_id)}.", width="content")
        run_list.open_link_to(str(entry.run_id), f"Open run {escape(entry.run_id)}")
        forget = st.session_state[_WATCHED].discard
        st.button("Dismiss", key=f"dismiss_{key}", type="tertiary", on_click=forget, args=(entry.id,))


def _what(entry: Entry) -> str:
    run_type = escape(run_type_word(entry.run_type))
    return f"**{run_type}** for {escape(entry.client_slug)}, sent {times.ago(entry.started_at)}"


def _being_done(connection: Connection, entry: Entry) -> str:
    if not _is_here(connection, entry):
        return f"It went to {escape(entry.base_url)}; connect to that client to look for it."
    if entry.candidates:
        names = " or ".join(escape(run_id) for run_id in entry.candidates)
        return f"Cannot tell: run {names} could be it. Only you can say."
    looked = "not looked for yet" if not entry.looks else f"not found yet, looked for {_times(entry.looks)}"
    due = next_look(entry)
    if due is None:
        return f"It is {looked}. Had it arrived, it should be in the run list by now."
    return f"It is {looked}; the next look is {times.until(due)}. It is never sent again by itself."


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _candidate(connection: Connection, entry: Entry, run_id: RunId) -> None:
    launcher = connection.launcher
    with st.container(horizontal=True, vertical_alignment="center"):
        run_list.open_link_to(str(run_id), f"Run {escape(run_id)}")
        adopt = partial(launcher.adopt, entry, run_id, by=_who(connection))
        dismiss = partial(launcher.dismiss, entry, run_id)
        _action("This is it", ":material/check:", f"adopt_{entry.id}_{run_id}", adopt)
        _action("Not this one", ":material/close:", f"dismiss_{entry.id}_{run_id}", dismiss)


def _actions(connection: Connection, entry: Entry, offer_resend: OfferResend | None) -> None:
    launcher = connection.launcher
    with st.container(horizontal=True, vertical_alignment="center"):
        _action("Look now", ":material/search:", f"look_{entry.id}", partial(_look, connection, entry))
        give_up = partial(launcher.give_up, entry, by=_who(connection))
        _action("Stop looking", ":material/do_not_disturb_on:", f"give_up_{entry.id}", give_up)
    if launcher.can_resend(entry):
        if offer_resend:
            offer_resend(entry)
        else:
            st.caption("To send it again, open Launch with the same data and settings.")


def _action(label: str, icon: str, key: str, action: Callable[[], object]) -> None:
    st.button(label, key=key, icon=icon, on_click=_do, args=(action,))


def _do(action: Callable[[], object]) -> None:
    try:
        action()
    except RecastError as error:
        st.session_state[_PROBLEM] = error


def _who(connection: Connection) -> str:
    return connection.owner.email or "the person at the desk"
