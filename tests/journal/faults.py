"""What can go wrong while a launch is sent, and while it is looked for; each is queued for one request."""

from __future__ import annotations

from collections.abc import Callable

from recast_api.sandbox import Sandbox

Fault = Callable[[Sandbox], None]

SENDING_FAULTS: dict[str, Fault] = {
    "answer dropped before the work": lambda s: s.faults.drop_before_work(method="POST"),
    "answer dropped after the work": lambda s: s.faults.drop_after_work(method="POST"),
    "500 before the work": lambda s: s.faults.respond(500, method="POST"),
    "500 after the work": lambda s: s.faults.respond(500, method="POST", after_work=True),
    "502 page after the work": lambda s: s.faults.html(502, method="POST", after_work=True),
    "503 before the work": lambda s: s.faults.respond(503, method="POST"),
    "503 after the work": lambda s: s.faults.respond(503, method="POST", after_work=True),
    "200 without an id": lambda s: s.faults.html(200, method="POST", after_work=True),
    "broken JSON": lambda s: s.faults.broken_json(method="POST"),
    "answer too late": lambda s: s.faults.slow(0.4, method="POST"),
    "422": lambda s: s.faults.respond(422, method="POST"),
    "429": lambda s: s.faults.respond(429, method="POST"),
    "run list down before sending": lambda s: s.faults.respond(500, method="GET"),
}

LOOKING_FAULTS: dict[str, Fault] = {
    "run list down": lambda s: s.faults.respond(500, method="GET"),
    "run list dropped": lambda s: s.faults.drop_after_work(method="GET", times=2),
    "run down": lambda s: s.faults.respond(500, method="GET", skip=1),
    "clean data not served yet": lambda s: s.faults.respond(404, path_contains="/downloads/"),
    "clean data cut off": lambda s: s.faults.truncate_download(times=2),
}

SENDING_CRASHES = ("intended", "before record", "after record")
LOOKING_CRASHES = ("begun to look", "before record", "after record", "before end of look")
