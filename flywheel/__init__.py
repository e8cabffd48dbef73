"""The crank: command line, the loop, promotion and rollback."""
