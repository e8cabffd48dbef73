"""What a harness is, and how a run of it is supervised."""
