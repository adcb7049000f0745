"""Launch a run exactly once, and find the run of a launch whose response was lost.

Every launch is written down before it is sent, and sent once. What the API's answer means:

    201 and an id                         launched
    4xx                                   rejected: there is no run
    the connection was never made         not sent: there is no run
    no answer, 3xx, 5xx, or a success     unknown: looked for in the run list, and sent again only if a person
    without a readable id                 says so

Whatever fails once it was sent, even the journal, the launch counts as unknown at worst, never as not sent.
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
