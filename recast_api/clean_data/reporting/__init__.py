"""What is made of clean data to look at or to take away: its profile, findings as CSV, a report as HTML."""
