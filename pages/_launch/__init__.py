"""The steps of the launch page, top to bottom."""
