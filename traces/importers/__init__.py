"""Importers: files of other programs, read as spans; one module for each format."""
