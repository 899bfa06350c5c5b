"""Apple's GPUs, which are not used."""


def is_available() -> bool:
    """Return False: tensors live on the CPU."""
    return False


def is_built() -> bool:
    """Return False: there is no support for them."""
    return False
