"""Where tool calls and verifiers run on this machine."""
