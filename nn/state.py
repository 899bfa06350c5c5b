"""The part of `Module` that leaves it as a state dict and comes back from one."""

from __future__ import annotations

import warnings
import weakref
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from autograd.errors import ArgumentError, StateDictError
from autograd.tape import RemovableHandle, added
from nn import members
from nn.loading import EXTRA, IncompatibleKeys, Loading, Metadata, by_child, take


class StateHooks:
    """A module's hooks around its state dict; each dict is number -> function."""

    def __init__(self) -> None:
        self.save_before: dict[int, Any] = {}
        self.save_after: dict[int, Any] = {}
        self.load_before: dict[int, Any] = {}
        self.load_after: dict[int, Any] = {}
        self.returning: set[int] = set()  # of `save_after`, those that may return another dict


def state_hooks_of(module: Any) -> StateHooks:
    """The object with the module's hooks around its state dict, made if there is none yet."""
    found: StateHooks = vars(module).setdefault("_state_hooks", StateHooks())
    return found


class WithModule:
    """A hook that gets the module it was registered on first, which it does not keep alive."""

    def __init__(self, hook: Callable[..., Any], module: Any) -> None:
        self._hook = hook
        self._module = weakref.ref(module)

    def __call__(self, *args: Any) -> Any:
        """Call the hook."""
        return self._hook(self._module(), *args)

    def __deepcopy__(self, memo: dict[int, Any]) -> WithModule:
        module = self._module()
        return WithModule(self._hook, memo.get(id(module), module))

    def __reduce__(self) -> tuple[Any, ...]:
        return WithModule, (self._hook, self._module())


class ModuleState:
    """The part of `Module` that is about state dicts."""

    T_destination = TypeVar("T_destination", bound=dict[str, Any])

    _version: int = 1
    """Raised when a class changes what its state dict holds; `_load_from_state_dict` gets that of the saved one."""

    dump_patches: bool = False

    _state_hooks: StateHooks | None = None

    def state_dict(
        self,
        *args: Any,
        destination: dict[str, Any] | None = None,
        prefix: str = "",
        keep_vars: bool = False,
    ) -> dict[str, Any]:
        """All parameters and persistent buffers by name: tensors that share memory with them.

        Args:
            args: destination, prefix and keep_vars by position; deprecated.
            destination: a dict to add them to.
            prefix: put before every name.
            keep_vars: the parameters themselves, instead of tensors outside the graph.

        >>> import nn
        >>> list(nn.Sequential(nn.Linear(2, 3), nn.ReLU()).state_dict())
        ['0.weight', '0.bias']
        """
        if args:
            warnings.warn(
                "state_dict: positional arguments are deprecated; pass destination, prefix and keep_vars by name",
                FutureWarning,
                stacklevel=2,
            )
            named: tuple[Any, ...] = (destination, prefix, keep_vars)
            destination, prefix, keep_vars = (*args, *named[len(args) :])
        found: Any = destination
        if found is None:
            found = OrderedDict()
            found._metadata = OrderedDict()  # noqa: SLF001  # PyTorch's name
        metadata = {"version": self._version}
        if hasattr(found, "_metadata"):
            found._metadata[prefix[:-1]] = metadata  # noqa: SLF001
        hooks = self._state_hooks
        for hook in () if hooks is None else tuple(hooks.save_before.values()):
            hook(self, prefix, keep_vars)
        self._save_to_state_dict(found, prefix, keep_vars)
        for name, module in members.named(self, members.MODULES):
            module.state_dict(destination=found, prefix=f"{prefix}{name}.", keep_vars=keep_vars)
        for number, hook in () if hooks is None else tuple(hooks.save_after.items()):
            answer = hook(self, found, prefix, metadata)
            if answer is not None:
                if number not in hooks.returning:  # type: ignore[union-attr]  # there are hooks
                    raise StateDictError("state_dict post-hook must return None")
                found = answer
        return found  # type: ignore[no-any-return]  # a dict

    def _save_to_state_dict(self, destination: dict[str, Any], prefix: str, keep_vars: bool) -> None:
        """Add the module's own parameters, buffers and extra state to a state dict; a subclass may add others."""
        for name, value in members.state_of(self):
            destination[prefix + name] = value if keep_vars else value.detach()
        if type(self).get_extra_state is not ModuleState.get_extra_state:
            destination[prefix + EXTRA] = self.get_extra_state()

    def get_extra_state(self) -> Any:
        """Return what else the module's state consists of; a subclass that has some defines it and `set_extra_state`.

        It is in the state dict under the name `_extra_state`. To be saved it has to be made of tensors, numbers,
        strings, dicts and lists.
        """
        raise StateDictError(f"get_extra_state: {type(self).__name__} has no extra state")

    def set_extra_state(self, state: Any) -> None:
        """Take back what `get_extra_state` returned."""
        raise StateDictError(f"set_extra_state: {type(self).__name__} has no extra state")

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False
    ) -> IncompatibleKeys:
        """Copy values by name into parameters and buffers; they keep their dtype.

        Args:
            state_dict: name -> tensor or array, as `state_dict()` returns and `autograd.load` reads.
            strict: every name must be there, and no other.
            assign: put the given tensors in the place of the module's own; make the optimizer afterwards.

        Returns:
            (missing_keys, unexpected_keys), both empty if strict.

        Raises:
            StateDictError: if names or shapes do not fit. It lists all of them, and nothing has been changed.
        """
        if not isinstance(state_dict, Mapping):
            raise ArgumentError(
                f"load_state_dict: needs a dict of tensors by name, got {type(state_dict).__name__}"
            )
        metadata = getattr(state_dict, "_metadata", None) or {}
        given = OrderedDict(state_dict)
        loading = Loading(self)  # type: ignore[arg-type]  # it is a part of Module
        keys = IncompatibleKeys([], [])
        messages: list[str] = []

        try:
            _load(self, given, "", metadata, loading, assign, keys, messages)
            if strict:
                names = [("Unexpected", keys.unexpected_keys), ("Missing", keys.missing_keys)]
                for what, found in names:
                    if found:
                        listed = ", ".join(f'"{name}"' for name in found)
                        messages.insert(0, f"{what} key(s) in state_dict: {listed}.")
            if messages:
                raise StateDictError(
                    f"Error(s) in loading state_dict for {type(self).__name__} (nothing was changed):\n\t"
                    + "\n\t".join(messages)
                )
            loading.finish()
        except BaseException:
            loading.roll_back()
            raise
        return keys

    def _load_from_state_dict(
        self,
        state_dict: dict[str, Any],
        prefix: str,
        local_metadata: dict[str, Any],
        strict: bool,
        missing_keys: list[str],
        unexpected_keys: list[str],
        error_msgs: list[str],
    ) -> None:
        """Load the module's own parameters, buffers and extra state, not those of the modules inside it.

        A subclass overrides it to read the state dicts of its earlier versions: it changes `state_dict`, which is its
        own copy, and calls this. What a state dict lacks, has too much, and has wrong goes to the three lists.
        """
        hooks = self._state_hooks
        for hook in () if hooks is None else tuple(hooks.load_before.values()):
            hook(state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs)
        whole: Loading | None = getattr(local_metadata, "loading", None)
        loading = whole or Loading()
        assign = local_metadata.get("assign_to_params_buffers", False)
        missing = take(self, state_dict, prefix, loading, assign, error_msgs)
        extra = prefix + EXTRA
        has_extra = type(self).set_extra_state is not ModuleState.set_extra_state
        if has_extra and extra in state_dict:
            state = state_dict[extra]
            loading.call(lambda: self.set_extra_state(state))
        elif has_extra:
            missing.append(extra)
        if strict:
            missing_keys += missing
            known = {name for name, _ in members.state_of(self)}
            inner = members.names(self, members.MODULES)
            for key in state_dict:
                if key.startswith(prefix) and not (has_extra and key == extra):
                    name, inside, _ = key[len(prefix) :].partition(".")
                    if name not in (inner if inside else known):
                        unexpected_keys.append(key)
        if whole is None:
            loading.finish()
        elif type(self)._load_from_state_dict is not ModuleState._load_from_state_dict:  # noqa: SLF001  # its class's
            loading.show()  # to what the subclass does next

    # -- hooks -----------------------------------------------------------------------------------------------------

    def register_state_dict_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call `hook(module, prefix, keep_vars)` before the module's part of a state dict is made."""
        return added(state_hooks_of(self).save_before, hook)

    def register_state_dict_post_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call `hook(module, state_dict, prefix, local_metadata)` after it; it changes the state dict in place."""
        return added(state_hooks_of(self).save_after, hook)

    def _register_state_dict_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """As `register_state_dict_post_hook`; what the hook of the outermost module returns is the state dict."""
        hooks = state_hooks_of(self)
        handle = added(hooks.save_after, hook)
        hooks.returning.add(handle.id)
        return handle

    def register_load_state_dict_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call `hook(module, …)` before the module is loaded, with the arguments of `_load_from_state_dict`.

        These are (state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs); it may change
        the dict and add to the lists.
        """
        return self._register_load_state_dict_pre_hook(hook, with_module=True)

    def _register_load_state_dict_pre_hook(
        self, hook: Callable[..., Any], with_module: bool = False
    ) -> RemovableHandle:
        """As `register_load_state_dict_pre_hook`, without the module as its first argument unless asked for."""
        return added(state_hooks_of(self).load_before, WithModule(hook, self) if with_module else hook)

    def register_load_state_dict_post_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call `hook(module, incompatible_keys)` once the module is loaded; it may change the two lists in place.

        A strict load looks at the lists after that.
        """
        return added(state_hooks_of(self).load_after, hook)


def _load(
    module: Any,
    part: Any,
    prefix: str,
    metadata: Mapping[str, Any],
    loading: Loading,
    assign: bool,
    keys: IncompatibleKeys,
    messages: list[str],
) -> None:
    """Load a module and those inside it from their part of a state dict."""
    local = Metadata(metadata.get(prefix[:-1], {}))
    local.loading = loading
    if assign:
        local["assign_to_params_buffers"] = True
    module._load_from_state_dict(  # noqa: SLF001  # a method of Module, as the hooks are a part of it
        part, prefix, local, True, keys.missing_keys, keys.unexpected_keys, messages
    )
    parts = by_child(part, prefix)
    for name, child in members.named(module, members.MODULES):
        _load(child, parts.get(name, {}), f"{prefix}{name}.", metadata, loading, assign, keys, messages)
    hooks = module._state_hooks  # noqa: SLF001
    for hook in () if hooks is None else tuple(hooks.load_after.values()):
        loading.show()
        if hook(module, keys) is not None:
            raise StateDictError(
                "load_state_dict: a post hook returned something; it is to change the lists of keys in place"
            )
