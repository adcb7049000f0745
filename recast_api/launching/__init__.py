"""Launching once, whatever happens: through the journal, with a search for launches whose answer got lost.

Every launch is written down before it is sent, and sent once. What the API's answer means:

    201 and an id                         launched
    4xx                                   rejected: there is no run
    the connection was never made         not sent: there is no run
    no answer, 3xx, 5xx, or a success     unknown: looked for in the run list, never resent unless a person
    without a readable id                 says so

What fails after it was sent, the journal itself included, makes it unknown at worst, never unsent.
"""

from recast_api.launching.launcher import DUPLICATE_DAYS, Launcher, ResendRefusedError
from recast_api.launching.looking import Reconciliation, Seen
from recast_api.launching.matching import CLOCK_SKEW
from recast_api.launching.schedule import SCHEDULE, Schedule, can_resend, next_look

__all__ = [
    "CLOCK_SKEW",
    "DUPLICATE_DAYS",
    "SCHEDULE",
    "Launcher",
    "Reconciliation",
    "ResendRefusedError",
    "Schedule",
    "Seen",
    "can_resend",
    "next_look",
]
