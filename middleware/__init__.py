"""Stock middleware: each file is a plain LangChain AgentMiddleware that can be lifted out with the neighbours it imports."""
