"""Switches of cuDNN, which is not used: they may be set and have no effect."""

enabled = True
benchmark = False
deterministic = False
allow_tf32 = True


def is_available() -> bool:
    """Return False: there is no GPU for it."""
    return False
