"""Stock middleware: each file is a plain LangChain AgentMiddleware that can be lifted out."""
