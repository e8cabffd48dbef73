"""Tasks, suites, verifiers, experiments and the gate."""
