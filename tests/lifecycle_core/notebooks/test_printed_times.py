"""Times that libraries and loggers print by themselves are noise; results beside them count."""

from __future__ import annotations

import pytest

from lifecycle_core.notebooks.compare import compare_outputs, same_outputs
from lifecycle_core.notebooks.normalisers.base import display, stream

TRAINED = (
    "TrainOutput(global_step=250, training_loss={loss}, metrics={{'train_runtime': {time}.1, "
    "'train_samples_per_second': {time}.2, 'train_steps_per_second': {time}.3, "
    "'total_flos': 1.2e14, 'train_loss': {loss}, 'epoch': 1.0}})"
)
SAVED = (
    "  train_loss               = {loss}\n  train_runtime            = 0:01:{time}.10\n"
    "  train_samples_per_second = {time}.5"
)
TABLE = (
    '<table border="1" class="dataframe"><tr><th>Epoch</th><th>Accuracy</th><th>Runtime</th>'
    "<th>Samples Per Second</th></tr><tr><td>1</td><td>{loss}</td><td>{time}.1</td>"
    "<td>{time}.5</td></tr></table>"
)


def status(one: str, other: str, kind: str = "stdout") -> tuple[str, tuple[str, ...]]:
    pair = [
        [stream(text + "\n", kind) if kind.startswith("std") else display(kind, text)]
        for text in (one, other)
    ]
    found = compare_outputs(pair[0], pair[1], rtol=1e-6)
    assert compare_outputs(pair[1], pair[0], rtol=1e-6).status == found.status
    assert same_outputs(pair[0], pair[1], rtol=1e-6) == (found.status != "different")
    return found.status, found.normalisers


@pytest.mark.parametrize(
    ("normaliser", "kind", "line"),
    [
        ("log_times", "stderr", "15:04:{time} - cmdstanpy - INFO - Chain [{loss}] start"),
        ("log_times", "stderr", "2024-01-02 15:04:{time} - __main__ - INFO - auc {loss}"),
        ("log_times", "stdout", "05/{time}/2023 10:15:30 - INFO - __main__ - auc {loss}"),
        ("log_times", "stdout", "[15:04:{time}] WARNING: ../src/learner.cc:767: auc {loss}"),
        ("log_times", "stderr", "2024/01/{time} 03:04:05 PM [main] INFO auc {loss}"),
        ("log_times", "stderr", "2024-01-02 15:04:{time}|my.name | WARNING | auc {loss}"),
        ("progress_bars", "stdout", "1875/1875 - {time}s - 2ms/step - accuracy: {loss}"),
        (
            "progress_bars",
            "stdout",
            "Epoch 1/2\n9/9 - {time}s - loss: {loss} - {time}s/epoch - {time}ms/step",
        ),
        ("progress_bars", "stdout", "Epoch 1/2\n - {time}s - loss: {loss}"),
        ("library_times", "text/plain", TRAINED),
        ("library_times", "stdout", SAVED),
        ("library_times", "text/html", TABLE),
    ],
)
def test_a_time_is_cosmetic_and_the_result_beside_it_counts(
    normaliser: str, kind: str, line: str
) -> None:
    one = line.format(time=12, loss=0.5)
    found, names = status(one, line.format(time=13, loss=0.5), kind)
    assert (found, names[-1:]) == ("cosmetic", (normaliser,))
    assert status(one, line.format(time=12, loss=0.6), kind)[0] == "different"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("15:04:05 - first train", "15:04:06 - first train"),  # no level: no record of a log
        ("05/12/2023 10:15:30 sales 3", "06/12/2023 10:15:30 sales 3"),
        ("9/9 - 3 sales", "9/9 - 4 sales"),
        ("9/9 - 3s - loss: 0.5", "8/8 - 3s - loss: 0.5"),
        ("{'mean_runtime': 90.5}", "{'mean_runtime': 91.5}"),
        ("rate_per_second = 3", "rate_per_second = 4"),
        ("table: runtime 90", "table: runtime 91"),
        ("9/9 - 3s\n9/9 - 3s", "9/9 - 3s"),
    ],
)
def test_what_only_looks_like_one_stays(one: str, other: str) -> None:
    assert status(one, other)[0] == "different"
