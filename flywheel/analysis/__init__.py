"""Why an agent fails, from its stored traces: which runs, which patterns, and how they are shown."""
