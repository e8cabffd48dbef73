"""The receiver: what exporters send over OTLP/HTTP becomes durable, and then searchable."""
