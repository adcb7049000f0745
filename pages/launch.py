"""Launch a run: data, check, settings, send; one column that is read downwards."""

from pages._launch import checking, data, entered, sending, settings, takeaway
from pages._shared import frame

connection = frame.open_page("Launch a run", shows_launches=False)

page = entered.of(connection)
source = data.choose(connection, page)
checked, room = checking.ask(connection, page, source)
draft = settings.ask(checked, page)
checking.draw_summary(room, checked, draft)
takeaway.draw_takeaway(checked, draft)
sending.draw_sending(connection, page, draft)
