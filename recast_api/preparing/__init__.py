"""What a launch needs before it may go: one way to ask, for a page, a batch and a script alike.

    checked = check_clean_data(name, data, roles)             # what was found in the data
    draft   = draw_up(checked, settings, priors_url)          # the form, or what is missing and wrong
    why_not = obstacles(draft, known)                         # what keeps it from going at all
    asked   = questions(draft, known)                         # what a person has to confirm
    verdict = approve(asked, ticked, reason)                  # whether it may go, and what the journal keeps

All of it is pure: what the journal and the run list know is passed in as `Known`. Whether a run launched
elsewhere has the same data costs a download, so that stays a call of its own, `Launcher.has_same_data`.
"""

from recast_api.preparing.analysis import (
    UNCACHED,
    Analysis,
    Roles,
    findings_against,
    findings_for_settings,
    findings_of_data,
)
from recast_api.preparing.durations import UsualDuration, usual_duration
from recast_api.preparing.facts import facts_of
from recast_api.preparing.form import Checked, Draft, Problems, check_clean_data, draw_up
from recast_api.preparing.questions import (
    OVER_BUDGET,
    Known,
    Moments,
    Question,
    Verdict,
    approve,
    obstacles,
    questions,
)

__all__ = [
    "OVER_BUDGET",
    "UNCACHED",
    "Analysis",
    "Checked",
    "Draft",
    "Known",
    "Moments",
    "Problems",
    "Question",
    "Roles",
    "UsualDuration",
    "Verdict",
    "approve",
    "check_clean_data",
    "draw_up",
    "facts_of",
    "findings_against",
    "findings_for_settings",
    "findings_of_data",
    "obstacles",
    "questions",
    "usual_duration",
]
