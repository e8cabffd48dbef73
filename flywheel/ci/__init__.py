"""What a CI job gets of an evaluation: JUnit XML, a Markdown summary with the table of flips, and what to do next."""
