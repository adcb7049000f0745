"""What can be taken away: the profile, the findings as CSV, the HTML report."""
