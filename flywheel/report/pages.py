"""How every page is made of its template: texts are escaped, and a missing value is an error."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, select_autoescape


def page_template(name: str) -> Template:
    """A template of this package by its file name."""
    environment = Environment(
        loader=PackageLoader("flywheel.report"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)
