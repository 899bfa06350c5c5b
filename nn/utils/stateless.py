"""The older place of `functional_call`: a module as a function of its parameters."""

from autograd.func import functional_call

__all__ = ["functional_call"]
