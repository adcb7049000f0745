"""Clean data: bytes to frame to findings. Needs pandas; knows neither the API nor Streamlit."""

from recast_api.clean_data.checks import (
    CHECKS,
    check,
    check_against,
    check_data,
    check_run_type,
    checks_table,
)
from recast_api.clean_data.comparing import compare
from recast_api.clean_data.comparison import Comparison, Verdict
from recast_api.clean_data.export import findings_csv
from recast_api.clean_data.findings import Finding, Level, worst_first
from recast_api.clean_data.fixes import Change, Fix
from recast_api.clean_data.profiling import Profile, profile
from recast_api.clean_data.reading import CleanData, preview, read
from recast_api.clean_data.reading_rules import READING_RULES
from recast_api.clean_data.recent_days import NewDay, new_days
from recast_api.clean_data.report import html_report
from recast_api.clean_data.roles import Role, guess_roles, suggest_kpi
from recast_api.clean_data.windows import BURN_IN_DAYS, Window, held_out_windows

__all__ = [
    "BURN_IN_DAYS",
    "CHECKS",
    "READING_RULES",
    "Change",
    "CleanData",
    "Comparison",
    "Finding",
    "Fix",
    "Level",
    "NewDay",
    "Profile",
    "Role",
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
    "worst_first",
]
