"""What Keras has under `keras.utils`."""

from nn.keras.naming import clear_session
from nn.keras.utils.categories import to_categorical
from nn.keras.utils.seeds import set_random_seed

__all__ = ["clear_session", "set_random_seed", "to_categorical"]
