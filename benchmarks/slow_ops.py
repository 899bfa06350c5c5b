"""Why some operations are slower than twice PyTorch's time (see `ops.py`)."""

REASONS: dict[str, str] = {}
"""Row of op_rows.py -> the reason."""
