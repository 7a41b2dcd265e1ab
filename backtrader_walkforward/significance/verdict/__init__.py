"""The verdict: the answer, the one reason that decides, and the figures, for a reader who is no statistician."""
