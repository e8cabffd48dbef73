"""From spans to proposals: signals, signatures, patterns, analysts, findings."""
