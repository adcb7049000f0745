"""Launches that are on their way, and those whose answer never came: what is known, what is being done, what
the person can do.

The fragment looks for lost ones on the schedule of `recast_api.launching`. A look is a few requests that may
each wait for a slow server, so it is made in a thread, and the page goes on.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from threading import Thread

import streamlit as st

from pages._shared import keys, problems, run_list, times
from pages._shared.connection import Connection
from pages._shared.plain import escape
from pages._shared.run_words import run_type_word
from recast_api import RecastError
from recast_api.journal import Entry, RunId, State
from recast_api.launching import next_look

OfferResend = Callable[[Entry], None]
"""Draws the way to send a missing launch again, where the page at hand has its data."""

_TICK_SECONDS = 3.0
_QUICK_SECONDS = 1.0
"""Most looks are over by then, and show their outcome at once; longer nobody should wait for a page."""


def draw_open_launches(connection: Connection, offer_resend: OfferResend | None = None) -> None:
    """A card for each launch of this person's that isn't settled, and for those settled in this browser
    session.

    Raises `JournalUnavailableError`.
    """
    unsettled = {entry.id for entry in connection.journal.open_launches(connection.owner)}
    watched = _watched()
    watched |= unsettled
    if unsettled:
        st.fragment(_cards, run_every=_TICK_SECONDS)(connection, unsettled, offer_resend)
    for entry_id in sorted(watched - unsettled):
        _settled(connection, entry_id)
    problems.notices(connection.journal.notices)


def close_card(entry: Entry) -> None:
    """Draw no card for this launch from here on: the person knows what became of it."""
    _watched().discard(entry.id)


def _watched() -> set[int]:
    watched: set[int] = st.session_state.setdefault(keys.LAUNCHES_WATCHED, set())
    return watched


def _cards(connection: Connection, drawn: set[int], offer_resend: OfferResend | None) -> None:
    if (problem := st.session_state.pop(keys.LAUNCH_PROBLEM, None)) is not None:
        problems.draw_problem(problem)
    with problems.shown():
        entries = connection.journal.open_launches(connection.owner)
        looked = [_look_if_due(connection, entry) for entry in entries]
        if any(looked):
            entries = connection.journal.open_launches(connection.owner)
        if {entry.id for entry in entries} != drawn:
            st.rerun()  # settled, here or elsewhere: the rest of the page shows its run too
        for entry in entries:
            _card(connection, entry, offer_resend)


def _look_if_due(connection: Connection, entry: Entry) -> bool:
    due = next_look(entry) if _is_here(connection, entry) else None
    if due is None or due > times.now():
        return False
    _look(connection, entry)
    return True


def _look(connection: Connection, entry: Entry) -> None:
    looks: dict[int, Thread] = st.session_state.setdefault(keys.LAUNCHES_LOOKED_FOR, {})
    for over in [entry_id for entry_id, look in looks.items() if not look.is_alive()]:
        del looks[over]
    if entry.id not in looks:
        looks[entry.id] = Thread(target=_reconcile, args=(connection, entry), daemon=True)
        looks[entry.id].start()
    looks[entry.id].join(_QUICK_SECONDS)


def _reconcile(connection: Connection, entry: Entry) -> None:
    # A look that failed is made again when it is due; the launch itself is as unknown as before.
    with suppress(RecastError):
        connection.launcher.reconcile(entry)


def _settled(connection: Connection, entry_id: int) -> None:
    entry = connection.journal.entry(connection.owner, entry_id)
    if entry is not None and entry.run_id is not None:
        _settled_card(entry)
    else:
        _watched().discard(entry_id)


def _is_here(connection: Connection, entry: Entry) -> bool:
    return (entry.base_url, entry.client_slug) == (connection.client.base_url, connection.client_slug)


def _card(connection: Connection, entry: Entry, offer_resend: OfferResend | None) -> None:
    with st.container(border=True, key=keys.of_open_launch("card", entry.id)):
        if entry.state is State.SENDING:
            _sending(entry)
        else:
            _unknown(connection, entry, offer_resend)


def _sending(entry: Entry) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge("Launch under way", icon=":material/send:", color="blue")
        st.markdown(_described(entry))
    st.caption("The API hasn't answered yet. The launch is in the journal and is not sent a second time.")


def _unknown(connection: Connection, entry: Entry, offer_resend: OfferResend | None) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge("Outcome unknown", icon=":material/help:", color="orange")
        st.markdown(_described(entry))
    st.markdown(escape(entry.message))
    st.caption(_being_done(connection, entry))
    if _is_here(connection, entry):
        for run_id in entry.candidates:
            _candidate(connection, entry, run_id)
        _actions(connection, entry, offer_resend)


def _settled_card(entry: Entry) -> None:
    word = "Launched" if entry.state is State.LAUNCHED else "Found again"
    key = keys.of_open_launch("settled", entry.id)
    with st.container(border=True, key=key, horizontal=True, vertical_alignment="center"):
        st.badge(word, icon=":material/check_circle:", color="green")
        st.markdown(f"{_described(entry)}: it is run {escape(entry.run_id)}.", width="content")
        run_list.open_link_to(str(entry.run_id), f"Open run {escape(entry.run_id)}")
        st.button(
            "Dismiss",
            key=keys.of_open_launch("close", entry.id),
            type="tertiary",
            on_click=close_card,
            args=(entry,),
        )


def _described(entry: Entry) -> str:
    run_type = escape(run_type_word(entry.run_type))
    return f"**{run_type}** for {escape(entry.client_slug)}, sent {times.ago(entry.started_at)}"


def _being_done(connection: Connection, entry: Entry) -> str:
    if not _is_here(connection, entry):
        where = f"client {escape(entry.client_slug)} at {escape(entry.base_url)}"
        return f"It was sent for {where}. Connect to that client to look for it."
    due = next_look(entry)
    then = f"next look {times.until(due)}" if due else "looking now"
    if entry.failures:
        return f"The run list could not be read: {escape(entry.failure)} So nothing is known yet; {then}."
    if entry.candidates:
        names = escape(" or ".join(map(str, entry.candidates)))
        return f"Cannot tell: run {names} could be it. Please decide."
    if entry.doubt:
        return f"{escape(entry.doubt)} Nothing is certain yet; {then}."
    looked = f"Looked for {_times(entry.looks)}, not found yet" if entry.looks else "Not looked for yet"
    return f"{looked}; {then}. It is never sent again by itself."


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"


def _candidate(connection: Connection, entry: Entry, run_id: RunId) -> None:
    launcher = connection.launcher
    with st.container(horizontal=True, vertical_alignment="center"):
        run_list.open_link_to(str(run_id), f"Run {escape(run_id)}")
        adopt = partial(launcher.adopt, entry, run_id, by=_who(connection))
        adopt_key = keys.of_open_launch("adopt", entry.id, run_id)
        _action("This is it", ":material/check:", adopt_key, action=adopt)
        dismiss = partial(launcher.dismiss, entry, run_id)
        dismiss_key = keys.of_open_launch("dismiss", entry.id, run_id)
        _action("Not this one", ":material/close:", dismiss_key, action=dismiss)


def _actions(connection: Connection, entry: Entry, offer_resend: OfferResend | None) -> None:
    launcher = connection.launcher
    with st.container(horizontal=True, vertical_alignment="center"):
        look = partial(_look, connection, entry)
        _action("Look now", ":material/search:", keys.of_open_launch("look", entry.id), action=look)
        give_up = partial(launcher.give_up, entry, by=_who(connection))
        give_up_key = keys.of_open_launch("give_up", entry.id)
        _action("Stop looking", ":material/do_not_disturb_on:", give_up_key, action=give_up)
    if launcher.can_resend(entry):
        if offer_resend:
            offer_resend(entry)
        else:
            st.caption("To send it again, open Launch with the same data and settings.")


def _action(label: str, icon: str, key: str, *, action: Callable[[], object]) -> None:
    st.button(label, key=key, icon=icon, on_click=_do, args=(action,))


def _do(action: Callable[[], object]) -> None:
    try:
        action()
    except RecastError as error:
        st.session_state[keys.LAUNCH_PROBLEM] = error


def _who(connection: Connection) -> str:
    return connection.owner.email or "the person at the desk"
