"""Known remedies: small changes of a harness that are known to help, or only sound as if they would."""
