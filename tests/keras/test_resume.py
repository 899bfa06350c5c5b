"""A run that was stopped and goes on is bit for bit the run that was not; and what happens when a save fails."""

import os
import resource
import signal
import subprocess
import sys
import textwrap

import numpy as np
import pytest

import autograd
import nn
import optim
from autograd.errors import FileFormatError, StateDictError
from nn import keras
from nn.keras import callbacks

X = np.random.default_rng(0).standard_normal((60, 4)).astype("float32")
Y = (X[:, 0] > 0).astype(int)


def network(optimizer):
    keras.utils.set_random_seed(4)
    model = keras.Sequential(
        [
            keras.layers.Dense(8, activation="relu", input_dim=4),
            keras.layers.BatchNormalization(),
            keras.layers.Dropout(0.4),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(optimizer(model), "binary_crossentropy", metrics=["accuracy"])
    return model


OPTIMIZERS = {
    "adam": lambda model: keras.optimizers.Adam(0.01),
    "schedule": lambda model: keras.optimizers.SGD(
        keras.optimizers.schedules.ExponentialDecay(0.1, 5, 0.9), momentum=0.9
    ),
    "optim": lambda model: optim.AdamW(model.parameters(), lr=0.01, amsgrad=True),
}


def listed(path):
    return [
        callbacks.ReduceLROnPlateau("val_loss", factor=0.5, patience=1, min_delta=0.1),
        callbacks.EarlyStopping("val_loss", patience=5, restore_best_weights=True),
        callbacks.BackupAndRestore(path, delete_checkpoint=False),
    ]


class Crash(callbacks.Callback):
    def on_train_batch_begin(self, batch, logs=None):
        if len(self.model.history.epoch) == 3 and batch == 1:
            raise SystemError("power cut")


def fitted(model, path, *others, epochs=6):
    chosen = [c for c in listed(path) if not (isinstance(c, callbacks.ReduceLROnPlateau) and model.fixed)]
    data = {"validation_data": (X[:20], Y[:20]), "batch_size": 16, "verbose": 0}
    return model.fit(X, Y, epochs=epochs, callbacks=[*chosen, *others], **data)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_resumed_run_is_the_run_that_was_never_stopped(name, tmp_path):
    def made():
        model = network(OPTIMIZERS[name])
        model.__dict__["fixed"] = name == "schedule"
        return model

    whole = made()
    expected = fitted(whole, tmp_path / "whole").history

    crashed = made()
    with pytest.raises(SystemError, match="power cut"):
        fitted(crashed, tmp_path / "parts", Crash())
    autograd.manual_seed(999)  # what another process would begin with
    resumed = made()
    history = fitted(resumed, tmp_path / "parts")
    assert history.epoch == [0, 1, 2, 3, 4, 5]
    assert history.history == expected
    for a, b in zip(whole.get_weights(), resumed.get_weights(), strict=True):
        assert a.tobytes() == b.tobytes()
    assert whole.predict(X).tobytes() == resumed.predict(X).tobytes()


def test_a_loader_with_a_generator_of_its_own_goes_on_too(tmp_path):
    def run(path, epochs, *others):
        model = network(OPTIMIZERS["adam"])
        loader = nn.data.DataLoader(
            nn.data.TensorDataset(autograd.tensor(X), autograd.tensor(Y)),
            batch_size=16,
            shuffle=True,
            generator=autograd.Generator().manual_seed(7),
        )
        backup = callbacks.BackupAndRestore(path, delete_checkpoint=False)
        return model, model.fit(loader, epochs=epochs, verbose=0, callbacks=[backup, *others]).history

    whole, expected = run(tmp_path / "whole.safetensors", 5)
    run(tmp_path / "parts.safetensors", 2)
    resumed, history = run(tmp_path / "parts.safetensors", 5)
    assert history == expected
    for a, b in zip(whole.get_weights(), resumed.get_weights(), strict=True):
        assert a.tobytes() == b.tobytes()


def test_a_finished_run_deletes_its_file_unless_it_is_kept(tmp_path):
    model = network(OPTIMIZERS["adam"])
    model.fit(X, Y, epochs=2, verbose=0, callbacks=[callbacks.BackupAndRestore(tmp_path)])
    assert list(tmp_path.iterdir()) == []
    kept = callbacks.BackupAndRestore(tmp_path, save_freq=2, delete_checkpoint=False)
    assert model.fit(X, Y, epochs=2, verbose=0, callbacks=[kept]).epoch == [0, 1]
    assert model.fit(X, Y, epochs=3, verbose=0, callbacks=[kept]).epoch == [0, 1, 2]
    assert model.fit(X, Y, epochs=3, verbose=0, callbacks=[kept]).epoch == [0, 1, 2]


def test_a_file_of_another_run_changes_nothing(tmp_path):
    path = tmp_path / "run.safetensors"
    backup = callbacks.BackupAndRestore(path, delete_checkpoint=False)
    network(OPTIMIZERS["adam"]).fit(X, Y, verbose=0, callbacks=[backup])
    for make, message in [
        (lambda: network(OPTIMIZERS["optim"]), "with the optimizer Adam, the model has AdamW"),
        (lambda: other(), "size mismatch|shape"),
    ]:
        model = make()
        before = model.get_weights()
        with pytest.raises((StateDictError, ValueError), match=message):
            model.fit(X, Y, epochs=3, verbose=0, callbacks=[callbacks.BackupAndRestore(path)])
        for a, b in zip(before, model.get_weights(), strict=True):
            assert a.tobytes() == b.tobytes()
    early = callbacks.EarlyStopping("loss")
    with pytest.raises(StateDictError, match=r"with the callbacks \['History'\].*'EarlyStopping'"):
        network(OPTIMIZERS["adam"]).fit(X, Y, verbose=0, callbacks=[early, callbacks.BackupAndRestore(path)])
    autograd.save({"w": autograd.ones(2)}, path)
    with pytest.raises(FileFormatError, match="holds no training run"):
        network(OPTIMIZERS["adam"]).fit(X, Y, verbose=0, callbacks=[callbacks.BackupAndRestore(path)])
    path.write_bytes(b"half a fi")
    with pytest.raises(FileFormatError, match="cut off"):
        network(OPTIMIZERS["adam"]).fit(X, Y, verbose=0, callbacks=[callbacks.BackupAndRestore(path)])


def other():
    model = keras.Sequential([keras.layers.Dense(3, input_dim=4), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    return model


def test_a_full_disk_leaves_the_old_file_whole(tmp_path):
    path = tmp_path / "run.safetensors"
    model = network(OPTIMIZERS["adam"])
    model.fit(X, Y, verbose=0, callbacks=[callbacks.BackupAndRestore(path, delete_checkpoint=False)])
    before = path.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a write over the limit fails as on a full disk
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) // 2, limits[1]))
        with pytest.raises(OSError, match=r"too large|space"):
            model.fit(
                X,
                Y,
                epochs=2,
                verbose=0,
                callbacks=[callbacks.BackupAndRestore(path, delete_checkpoint=False)],
            )
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
        with pytest.raises(OSError, match=r"too large|space"):
            model.fit(X, Y, verbose=0, callbacks=[callbacks.ModelCheckpoint(tmp_path / "m.safetensors")])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["run.safetensors"]
    again = network(OPTIMIZERS["adam"])
    history = again.fit(
        X, Y, epochs=2, verbose=0, callbacks=[callbacks.BackupAndRestore(path, delete_checkpoint=False)]
    )
    assert history.epoch == [0, 1]


def test_a_kill_during_a_save_leaves_the_old_file_whole(tmp_path):
    """The process is killed when the new file is half written: what is under the name is the old one."""
    program = tmp_path / "program.py"
    program.write_text(
        textwrap.dedent(
            """
            import os, signal, sys
            import numpy as np
            from nn import keras
            from nn.keras import callbacks

            x = np.ones((8, 2), "float32")
            keras.utils.set_random_seed(0)
            model = keras.Sequential([keras.layers.Dense(3, input_dim=2), keras.layers.Dense(1)])
            model.compile("adam", "mse")
            write = os.fdopen

            def half(handle, mode):
                opened = write(handle, mode)

                class Half:
                    def __enter__(self):
                        return self

                    def __exit__(self, *error):
                        pass

                    def write(self, data):
                        opened.write(data[: len(data) // 2])
                        opened.flush()
                        os.kill(os.getpid(), signal.SIGKILL)

                return Half()

            if sys.argv[1] == "kill":
                os.fdopen = half
            backup = callbacks.BackupAndRestore("run.safetensors", delete_checkpoint=False)
            history = model.fit(x, x[:, 0], epochs=int(sys.argv[2]), verbose=0, callbacks=[backup])
            print(history.epoch)
            """
        )
    )

    def run(*arguments):
        return subprocess.run(
            [sys.executable, program, *arguments],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=False,
        )

    assert run("keep", "2").stdout.strip() == "[0, 1]"
    before = (tmp_path / "run.safetensors").read_bytes()
    assert run("kill", "4").returncode == -signal.SIGKILL
    assert (tmp_path / "run.safetensors").read_bytes() == before
    assert run("keep", "4").stdout.strip() == "[0, 1, 2, 3]"
