"""Telemetry of coding agents, OTLP spans and log events, as runs; one module for each agent."""
