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

FASTAI = (
    '<table border="1" class="dataframe"><tr><th>epoch</th><th>train_loss</th><th>time</th></tr>'
    "<tr><td>0</td><td>{loss}</td><td>00:{time}</td></tr></table>"
)
PYCARET = (
    '<table class="dataframe"><tr><th>Model</th><th>AUC</th><th>TT (Sec)</th></tr>'
    "<tr><td>Ridge</td><td>{loss}</td><td>0.{time}</td></tr></table>"
)
LAZY = (
    "       Accuracy  Balanced Accuracy  Time Taken\n"
    "Ridge      0.50                {loss}        0.{time}"
)
CHOSEN = (
    "[LightGBM] [Info] Auto-choosing {way}-wise multi-threading, the overhead of testing was "
    "0.0{time} seconds.\nYou can set `force_{way}_wise=true` to remove the overhead.\n{rest}"
    "[LightGBM] [Info] Total Bins {bins}"
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
        ("log_times", "stderr", "INFO - 15:04:{time}: auc {loss}"),
        (
            "log_times",
            "stdout",
            "Tue Nov 14 10:00:{time} 2023 Construct embedding\nauc {loss}",
        ),
        ("timing", "stdout", "auc {loss}\ntime: {time} ms (started: 2024-01-02 15:04:05 +00:00)"),
        (
            "timing",
            "stdout",
            "auc {loss}\n{time} ms +- 3 us per loop (mean +- std. dev. of 7 runs, 100 loops each)",
        ),
        ("timing", "stdout", "CPU times: user {time} µs, sys: 1 ns, total: 3 µs\nauc {loss}"),
        ("fitting_times", "stdout", " ARIMA(0,1,0)[0] : AIC={loss}, Time=0.{time} sec"),
        ("fitting_times", "stdout", "auc {loss}\nTotal fit time: 1.{time} seconds"),
        ("fitting_times", "stdout", "Chain 1:  Elapsed Time: 0.{time} seconds (Warm-up)\n{loss}"),
        ("fitting_times", "stdout", "Chain 1:                0.{time} seconds (Total)\n{loss}"),
        (
            "fitting_times",
            "stdout",
            "[t-SNE] Computed neighbors for 9 samples in 0.{time}s\n{loss}",
        ),
        (
            "fitting_times",
            "stderr",
            "Sampling 4 chains for {loss} tune (4_000 + 4_000 draws total) took {time} seconds.",
        ),
        (
            "fitting_times",
            "stderr",
            "EPOCH 1: {loss} (80 effective words) took {time}.1s, {time} effective words/s",
        ),
        ("fitting_times", "stdout", "epoch 0  | loss: {loss} | val_0_auc: 0.9 |  0:00:{time}s"),
        ("fitting_times", "text/html", FASTAI),
        ("fitting_times", "text/html", PYCARET),
        ("fitting_times", "text/plain", LAZY),
    ],
)
def test_a_time_is_cosmetic_and_the_result_beside_it_counts(
    normaliser: str, kind: str, line: str
) -> None:
    one = line.format(time=12, loss=0.5)
    found, names = status(one, line.format(time=13, loss=0.5), kind)
    assert (found, names[-1:]) == ("cosmetic", (normaliser,))
    assert status(one, line.format(time=12, loss=0.6), kind)[0] == "different"


def test_lightgbm_takes_the_way_that_a_clock_finds_faster() -> None:
    memory = "And if memory is not enough, you can set `force_col_wise=true`.\n"
    row = CHOSEN.format(way="row", time=1, rest=memory, bins=765)
    assert status(row, CHOSEN.format(way="col", time=2, rest="", bins=765))[0] == "cosmetic"
    assert status(row, CHOSEN.format(way="col", time=2, rest="", bins=766))[0] == "different"


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
        ("Tue Nov 14 10:00:00 2023 opened", "Tue Nov 14 10:00:01 2023 opened"),
        ("Time=0.12 sec", "Time=0.13 sec"),
        ("1.5 seconds (lap)", "1.6 seconds (lap)"),
        ("took 12 seconds.", "took 13 seconds."),
        ("Runner  Time Taken\nAnn         12.5", "Runner  Time Taken\nAnn         12.6"),
        ("epoch  time\n0      00:12", "epoch  time\n0      00:13"),
    ],
)
def test_what_only_looks_like_one_stays(one: str, other: str) -> None:
    assert status(one, other)[0] == "different"
