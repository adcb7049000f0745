"""What a run type does with the days: windows that are held out, and the newest days."""
