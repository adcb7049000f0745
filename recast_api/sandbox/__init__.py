"""A second implementation of the Run Launching API, in memory, on a real socket.

For demos, for tests, and for trying a script without spending runs. It shares no code with the client, so
that each catches the other's mistakes.

    with Sandbox() as sandbox:
        account = sandbox.open_account()
        print(sandbox.base_url, account.token, account.client_slug)

From a shell: `python -m recast_api.sandbox`.

What it imitates
----------------
- The routes of the API document (`ROUTES`), with its run types, statuses, times of 20 to 60 minutes
  (a simulated minute takes `minute` real seconds) and limits: past 20 launches in any 60 seconds or 100 in
  any 24 hours, per token, 429 with the plain text `Retry later`.
- From sibling endpoints of the same API: pages (`page`, `per_page` 25, at most 100; past the end no data
  and `per_page` 0), error bodies, 400 for what is missing or blank, 401 before anything else is looked at,
  422 with details by field, ISO 8601 times in UTC.
- A launch is checked in this order: size (413), token (401), client (404), JSON, form and required fields
  (400), values (422), limits (429). So a wrong form is explained even when the budget is spent, and costs
  nothing.
- Clean data comes back byte for byte, for every run type. The list is newest first.

What is not known of the real API
---------------------------------
- The fields of a listed run; whether `form` echoes the clean data (here it doesn't); the list's order.
- Whether the real download is trimmed, reordered or, for parameter recovery, simulated.
- Which content types a launch may have (here the body is read as JSON whatever it says).
- Which forms of the priors sheet's URL are taken (here any non-blank text), how it must be shared, and
  whether it is read at launch.
- Who a limit belongs to, when a day starts, and whether a refused launch counts. The wording of its 429
  suggests a throttle in front of the API, which would count every POST; here only accepted ones count.
- What is checked in the clean data (here: nothing but text and line ends).
- How large a request may be (here `most_request_bytes`, 64 MB unless told), or a text or list in it.
- Defaults of `n_holdout`, `days_per_holdout` and `holdout_days` (here they may be left out), and how time
  depends on them.
- Whether an unknown client is 403 or 404 (here 404).
- Fields of another run type and unknown fields are ignored and not kept: the document says "only used when".

Where it is stricter than is known
----------------------------------
422 for an unknown run type, for counts that aren't integers of 1 or more (14.0, "14" and true are not), for
a `holdout_days` that is empty or has more than 100 items, for a sheet's URL of more than 2,000 characters,
for text that UTF-8 can't hold, for carriage returns in the clean data, and for a `page` or `per_page` that is
no number; 400 for a form that isn't an object, where siblings answer 500. 413, with a JSON error, for a
request that is too large: it is answered while the caller still sends, and what it sends is thrown away. NaN
and Infinity are not JSON. One token sees one client.

What it forgets
---------------
Everything is in memory, and one visitor must not cost another anything. Past `most_account_bytes` an account
loses its own oldest launched runs, past `most_bytes` for all the accounts idle longest lose theirs; such a
run is 404 from then on. An account itself is forgotten only when idle for long, or when there are too many.

Magic words
-----------
Found in the priors sheet's URL, for instance `https://docs.google.com/spreadsheets/d/sandbox-error/edit`,
they decide how a run ends (`MAGIC_SHEETS`): `sandbox-error`, `sandbox-aborted`, `sandbox-syncing-failed`;
`sandbox-slow` succeeds, but takes three times as long as usual.

Faults
------
`sandbox.faults` makes the next matching request go wrong: the connection dropped before or after the work,
any status and body, a page of HTML, broken JSON, a late answer, a truncated download (see `Faults`).

The demo client
---------------
An account opened with `demo=True` holds 40 runs over six months of weekly refreshes, each account its own.
Their lengths, like those of new runs, are counted in simulated minutes. Run 2786 is a finished holdout,
refresh 17 of 26 restates history, refresh 21 lacks a channel, and one run is on its way.
"""

from recast_api.sandbox.app import ROUTES
from recast_api.sandbox.faults import Faults
from recast_api.sandbox.gate import RecordedRequest
from recast_api.sandbox.sandbox import Sandbox
from recast_api.sandbox.server import CannotListenError
from recast_api.sandbox.state import Account, StoredRun
from recast_api.sandbox.timeline import MAGIC_SHEETS

__all__ = [
    "MAGIC_SHEETS",
    "ROUTES",
    "Account",
    "CannotListenError",
    "Faults",
    "RecordedRequest",
    "Sandbox",
    "StoredRun",
]
