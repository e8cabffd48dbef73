"""What runs inside the agent process: LangChain's agent loop with a harness's middleware, and proxies to the supervisor."""
