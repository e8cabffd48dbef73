"""How imported tasks are judged: by their own tests, or by a command."""
