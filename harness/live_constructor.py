"""The constructor parameters of a class that this process may import: stock middleware and LangChain's."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Mapping
from typing import Any

from harness.manifest import ParameterValue
from harness.parameter_spec import ParameterSpec
from harness.toml_types import ANYTHING, toml_form

_VARIADIC = frozenset({inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD})


def live_parameters(module: str, class_name: str) -> tuple[ParameterSpec, ...]:
    """Import ``module`` (LangChain takes a second or two) and inspect the class' ``__init__``.

    Raises ``ImportError`` or ``AttributeError`` when the installation is broken.
    """
    constructor = getattr(importlib.import_module(module), class_name).__init__
    names = getattr(inspect.unwrap(constructor), "__globals__", {})
    parameters = list(inspect.signature(constructor).parameters.values())[1:]
    return tuple(_spec(parameter, names) for parameter in parameters if parameter.kind not in _VARIADIC)


def construction_problem(
    module: str, class_name: str, parameters: Mapping[str, ParameterValue]
) -> str | None:
    """What the class says against ``parameters`` of the right types, such as a value out of range."""
    try:
        getattr(importlib.import_module(module), class_name)(**parameters)
    except (TypeError, ValueError) as error:
        return " ".join(str(error).split())
    return None


def _spec(parameter: inspect.Parameter, names: dict[str, Any]) -> ParameterSpec:
    annotation = parameter.annotation
    untyped = annotation is inspect.Parameter.empty
    text = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    return ParameterSpec(
        name=parameter.name,
        required=parameter.default is inspect.Parameter.empty,
        accepts=ANYTHING if untyped else toml_form(annotation, names.get),
        annotation="any value" if untyped else text,
    )
