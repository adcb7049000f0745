"""Two files of clean data: days, columns, cells, and what kind of change it is."""
