"""``python -m flywheel``: the command line."""

from __future__ import annotations

from flywheel.cli import main

if __name__ == "__main__":
    main()
