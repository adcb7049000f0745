"""A launch as code. The token is read from the environment, never written out."""

from __future__ import annotations

import shlex
from urllib.parse import quote

from recast_api.models import RunForm


def python(form: RunForm, *, base_url: str, client_slug: str) -> str:
    """Return the launch with this project's client, the data read from the file beside the script."""
    fields = {name: value for name, value in form.body()["form"].items() if name != "clean_data"}
    arguments = "".join(f"    {name}={value!r},\n" for name, value in fields.items())
    return (
        "import os\n"
        "from pathlib import Path\n\n"
        "from recast_api import RecastClient, RunForm\n\n"
        "client = RecastClient(\n"
        '    token=os.environ["API_PAT"],\n'
        f"    client_slug={client_slug!r},\n"
        f"    base_url={base_url!r},\n"
        ")\n"
        "form = RunForm(\n"
        f"{arguments}"
        '    clean_data=Path("clean_data.csv").read_text(encoding="utf-8"),\n'
        ")\n"
        "run_id = client.runs.launch(form)\n"
        "print(client.runs.wait(run_id, on_poll=print).status)\n"
    )


def curl(body_file: str, *, base_url: str, client_slug: str) -> str:
    """Return the launch with the whole request body in a file of that name."""
    url = f"{base_url}/v1/clients/{quote(client_slug, safe='')}/runs"
    return (
        f"curl {shlex.quote(url)} \\\n"
        '  -H "Authorization: Bearer $API_PAT" \\\n'
        "  -H 'Content-Type: application/json' \\\n"
        f"  --data-binary @{body_file}\n"
    )
