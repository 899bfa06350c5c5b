"""Why some operations are slower than twice PyTorch's time (see `ops.py`)."""

REASONS: dict[str, str] = {
    **dict.fromkeys(
        ("mode", "histogram", "histogramdd"),
        "dozens of NumPy calls, a microsecond each, for 64 numbers; level or ahead on larger ones",
    ),
}
"""Row of op_rows.py -> the reason."""
