"""Six tasks written for this project, closer to real work, one folder each under ``tasks``."""
