"""Launch a run: data, check, settings, send; one column that is read downwards."""

from pages._launch import checking, data, sending, settings, takeaway
from pages._shared import frame

connection = frame.open_page("Launch a run")

source = data.choose(connection)
checked = checking.ask(connection, source)
draft = settings.ask(checked)
takeaway.draw(checked, draft)
sending.draw(connection, draft)
