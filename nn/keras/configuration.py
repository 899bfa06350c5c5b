"""Objects as JSON and back: what a layer, a model or an initializer was made with, in the form that Keras writes.

Nothing is imported and no code is run to read a configuration: a class is looked up by name among those of this
package, those that were registered, and those that are given as `custom_objects`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self, TypeVar

import numpy as np

from autograd.errors import ArgumentError
from nn.container import ModuleList

C = TypeVar("C", bound=Callable[..., Any])


class Registry:
    """The classes and functions of a program's own that configurations may name."""

    def __init__(self) -> None:
        self.known: dict[str, Any] = {}

    def find(self, name: str, custom_objects: Mapping[str, Any] | None) -> Any:
        """The object of that name; None if there is none."""
        if custom_objects and name in custom_objects:
            return custom_objects[name]
        short = name.rpartition(">")[2]
        return self.known.get(name) or self.known.get(short) or (custom_objects or {}).get(short)


REGISTRY = Registry()
"""What the process has registered."""


def register_keras_serializable(package: str = "Custom", name: str | None = None) -> Callable[[C], C]:
    """A decorator: models with this class or function in them can be loaded without naming it in `custom_objects`.

    >>> from nn import keras
    >>> @keras.saving.register_keras_serializable()
    ... class Twice(keras.layers.Layer):
    ...     def call(self, x):
    ...         return 2 * x
    >>> keras.saving.get_registered_object("Custom>Twice") is Twice
    True
    """

    def register(thing: C) -> C:
        REGISTRY.known[f"{package}>{name or thing.__name__}"] = thing
        REGISTRY.known[name or thing.__name__] = thing
        return thing

    return register


def get_registered_object(name: str, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """The class or function that was registered by that name; None if there is none."""
    return REGISTRY.find(name, custom_objects)


@contextmanager
def custom_object_scope(custom_objects: Mapping[str, Any]) -> Iterator[None]:
    """Know these classes and functions, by these names, inside the `with`."""
    before = dict(REGISTRY.known)
    REGISTRY.known.update(custom_objects)
    try:
        yield
    finally:
        REGISTRY.known = before


class Configured:
    """Something that says what it was made with: `get_config`, and `from_config` to make another."""

    def get_config(self) -> dict[str, Any]:
        """What `__init__` needs to make another, as plain values.

        Each parameter of `__init__` is read from the attribute of its name, or is what the object was made with.

        Raises:
            ArgumentError: if a parameter is in neither, or is not a plain value.
        """
        made = vars(self).get("_made_with")
        signature = inspect.signature(type(self).__init__)
        given = signature.bind_partial(self, *made[0], **made[1]).arguments if made else {}
        config: dict[str, Any] = {}
        for name, parameter in list(signature.parameters.items())[1:]:
            if parameter.kind in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL):
                continue
            if name in vars(self):
                value = vars(self)[name]
            elif name in given:
                value = given[name]
            elif parameter.default is not parameter.empty:
                value = parameter.default
            else:
                raise ArgumentError(
                    f"{type(self).__name__}: keep what __init__ got for {name!r} in an attribute of that name, or "
                    "define get_config()"
                )
            config[name] = serialize(value)
        return config

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Make one from what `get_config` returned."""
        return cls(**config)


def serialize(value: Any) -> Any:
    """A value as JSON can hold it: objects as their class' name and configuration.

    Raises:
        ArgumentError: for what cannot be written, such as a lambda.
    """
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (np.integer, np.floating, np.bool_)):
        return value.item()
    if isinstance(value, dict):
        return {str(key): serialize(part) for key, part in value.items()}
    if isinstance(value, (list, tuple, ModuleList)):
        return [serialize(part) for part in value]
    if isinstance(value, np.ndarray):
        return value.tolist()
    if hasattr(value, "get_config"):
        return described(value)
    if isinstance(value, type):
        return value.__name__
    name = getattr(value, "__name__", "")
    if callable(value) and name.isidentifier():
        home = getattr(value, "__module__", "")
        if home.startswith("nn.keras."):
            return name
        return {
            "module": "builtins",
            "class_name": "function",
            "config": name,
            "registered_name": name,
        }
    raise ArgumentError(
        f"{value!r} cannot be written to a configuration; use a named function or a class with get_config(), and give "
        "it in custom_objects on loading; weights alone are saved by save_weights()"
    )


def described(value: Any) -> dict[str, Any]:
    """An object as its class' name and configuration, with the module that Keras has it in."""
    cls = type(value)
    module, name = keras_place(cls)
    return {
        "module": module,
        "class_name": name,
        "config": value.get_config(),
        "registered_name": None if module.startswith("keras") else f"Custom>{name}",
    }


def keras_place(cls: type) -> tuple[str, str]:
    """The module and the name that Keras has a class under; for others none, and the class' own name."""
    home = cls.__module__
    if not home.startswith("nn.keras"):
        return "builtins", cls.__name__
    if home.startswith("nn.keras.models") or home == "nn.keras":
        return "keras", cls.__name__
    package = home.split(".")[2]
    return f"keras.{package}", cls.__name__


def deserialize(
    config: Any, custom_objects: Mapping[str, Any] | None = None, known: Mapping[str, Any] | None = None
) -> Any:
    """What `serialize` wrote, made again.

    Args:
        config: what was written; plain values are returned as they are.
        custom_objects: classes and functions by the names in the configuration.
        known: those of this package that are expected.

    Raises:
        ArgumentError: if a class or function is not known.
    """
    if isinstance(config, list):
        return [deserialize(part, custom_objects, known) for part in config]
    if not isinstance(config, dict):
        return config
    if "class_name" not in config:
        return {key: deserialize(part, custom_objects, known) for key, part in config.items()}
    name, inner = config["class_name"], config.get("config")
    if name == "function":
        found = REGISTRY.find(str(inner), custom_objects)
        if found is None:
            raise _unknown("function", str(inner))
        return found
    if name == "DTypePolicy":
        return config["config"]["name"]
    cls = REGISTRY.find(config.get("registered_name") or name, custom_objects) or REGISTRY.find(
        name, custom_objects
    )
    if cls is None:
        cls = (known or {}).get(name)
    if cls is None:
        raise _unknown("class", name)
    inner = dict(inner or {})
    takes = inspect.signature(cls.from_config).parameters if hasattr(cls, "from_config") else {}
    if "custom_objects" in takes:
        return cls.from_config(inner, custom_objects=custom_objects)
    inner = {
        key: deserialize(part, custom_objects, known) if is_custom(part, custom_objects) else part
        for key, part in inner.items()
    }
    return cls.from_config(inner) if hasattr(cls, "from_config") else cls(**inner)


def is_custom(part: Any, custom_objects: Mapping[str, Any] | None) -> bool:
    """Whether a value of a configuration names an object of the program's own."""
    if isinstance(part, str):
        return False
    if not isinstance(part, dict) or "class_name" not in part:
        return False
    name = str(part["config"] if part["class_name"] == "function" else part["class_name"])
    return part["class_name"] == "function" or REGISTRY.find(name, custom_objects) is not None


def is_own(part: Any) -> bool:
    """Whether a part of a configuration names a function or class of the program's own, not one of this package."""
    if not isinstance(part, dict) or "class_name" not in part:
        return False
    return part["class_name"] == "function" or bool(part.get("registered_name"))


def _unknown(what: str, name: str) -> ArgumentError:
    return ArgumentError(
        f"the configuration names the {what} {name!r}, which is not known; pass custom_objects={{{name!r}: ...}}, or "
        "decorate it with keras.saving.register_keras_serializable()"
    )


def named(
    what: str, identifier: Any, known: Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None
) -> Any:
    """What an identifier stands for: a name among `known` or registered, a configuration, or the thing itself.

    A class is instantiated; functions and objects are returned as they are.

    Raises:
        ArgumentError: for a name that is not known, with those that are near it.
    """
    if isinstance(identifier, dict):
        return deserialize(identifier, custom_objects, known)
    if isinstance(identifier, str):
        found = REGISTRY.find(identifier, custom_objects)
        found = known.get(identifier) if found is None else found
        if found is None:
            from difflib import get_close_matches

            near = get_close_matches(identifier, list(known), 3, 0.4)
            hint = (
                f"; did you mean {' or '.join(map(repr, near))}?" if near else f"; there are {sorted(known)}"
            )
            raise ArgumentError(f"there is no {what} {identifier!r}{hint}")
    else:
        found = identifier
    if isinstance(found, type):
        found = found()
    if not callable(found):
        raise ArgumentError(f"{found!r} is no {what}: give a name, an object or a function")
    return found
