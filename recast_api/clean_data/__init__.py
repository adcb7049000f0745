"""Clean data: bytes to frame to findings. Needs pandas; knows neither the API nor Streamlit."""

from recast_api.clean_data.checks import (
    CHECKS,
    check,
    check_against,
    check_data,
    check_run_type,
)
from recast_api.clean_data.columns import Role, guess_roles, suggest_kpi
from recast_api.clean_data.comparing.compare import compare
from recast_api.clean_data.comparing.result import Comparison, Verdict
from recast_api.clean_data.data import CleanData
from recast_api.clean_data.documentation import checks_table
from recast_api.clean_data.findings import Change, Finding, Fix, Group, Level, worst_first
from recast_api.clean_data.groups import GroupState, State, summary
from recast_api.clean_data.planning.newest_days import NewDay, new_days
from recast_api.clean_data.planning.settings import Settings
from recast_api.clean_data.planning.windows import BURN_IN_DAYS, Window, held_out_windows
from recast_api.clean_data.reading import preview, read
from recast_api.clean_data.reading.rules import READING_RULES
from recast_api.clean_data.reporting.findings_csv import findings_csv
from recast_api.clean_data.reporting.html import html_report
from recast_api.clean_data.reporting.profile import Profile, profile

__all__ = [
    "BURN_IN_DAYS",
    "CHECKS",
    "READING_RULES",
    "Change",
    "CleanData",
    "Comparison",
    "Finding",
    "Fix",
    "Group",
    "GroupState",
    "Level",
    "NewDay",
    "Profile",
    "Role",
    "Settings",
    "State",
    "Verdict",
    "Window",
    "check",
    "check_against",
    "check_data",
    "check_run_type",
    "checks_table",
    "compare",
    "findings_csv",
    "guess_roles",
    "held_out_windows",
    "html_report",
    "new_days",
    "preview",
    "profile",
    "read",
    "suggest_kpi",
    "summary",
    "worst_first",
]
