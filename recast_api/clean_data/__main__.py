"""`python -m recast_api.clean_data --checks` prints the table of all checks as Markdown."""

from __future__ import annotations

import argparse

from recast_api.clean_data import checks_table

parser = argparse.ArgumentParser(prog="python -m recast_api.clean_data", description=__doc__)
parser.add_argument("--checks", action="store_true", required=True, help="print the table of all checks")
parser.parse_args()
print(checks_table())
