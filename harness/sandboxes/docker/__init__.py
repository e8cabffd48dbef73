"""A sandbox of containers, and agent processes in one."""
