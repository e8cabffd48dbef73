"""The tools of the built-in agent, carried out in a task's sandbox."""
