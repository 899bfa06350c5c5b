"""What is called while `fit` runs: stopping early, saving, learning rates, records. `Callback` is the base class."""

from nn.keras.callbacks.callback import Callback, CallbackList, LambdaCallback
from nn.keras.callbacks.gradients import GradientWatch
from nn.keras.callbacks.history import History
from nn.keras.callbacks.monitor import EarlyStopping, ModelCheckpoint, ReduceLROnPlateau
from nn.keras.callbacks.progress import ProgressBar
from nn.keras.callbacks.rates import LearningRateScheduler
from nn.keras.callbacks.records import CSVLogger, TensorBoard, TerminateOnNaN
from nn.keras.callbacks.resume import BackupAndRestore

__all__ = [
    "Callback", "CallbackList", "LambdaCallback", "History",
    # ending, saving, going on
    "EarlyStopping", "TerminateOnNaN", "ModelCheckpoint", "BackupAndRestore",
    # learning rates
    "ReduceLROnPlateau", "LearningRateScheduler",
    # to be read
    "ProgressBar", "CSVLogger", "TensorBoard", "GradientWatch",
]  # fmt: skip
