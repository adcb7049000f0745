"""Launch a run: data, check, settings, send; one column that is read downwards."""

from pages._launch import checking, data, sending, settings
from pages._shared import frame

connection = frame.open_page("Launch a run", icon=":material/rocket_launch:")

clean_data = data.choose(connection)
checking.draw(clean_data)
draft = settings.ask(clean_data)
sending.draw(connection, draft)
