"""OTLP: the bodies that exporters send, in protobuf and JSON, as spans and log records and back."""
