from __future__ import annotations

from typing import Any

import pytest

from lifecycle_core.notebooks.compare import Surroundings, compare_outputs, same_outputs
from lifecycle_core.notebooks.normalisers.base import display, stream

CLOCK = Surroundings(clock_read=True)
ROOTS = Surroundings(roots=(("/cache/copy 1", "/home/me/pro"),))


def step(one: list[Any], other: list[Any], surroundings: Surroundings) -> str:
    """Return the step of the ladder, which is the same from both sides."""
    there = compare_outputs(one, other, rtol=1e-6, surroundings=surroundings)
    back = compare_outputs(other, one, rtol=1e-6, surroundings=surroundings)
    agree = same_outputs(one, other, rtol=1e-6, surroundings=surroundings)
    assert there.status == back.status
    assert agree == (there.status != "different")
    return there.status


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("took 3.2 s, accuracy 0.91", "took 4.2 s, accuracy 0.91", "cosmetic"),
        ("took 3.2 s, accuracy 0.91", "took 4.2 s, accuracy 0.92", "different"),
        ("took 3.2 s accuracy: 0.91", "took 3.2 s accuracy: 0.92", "different"),
        ("3.2 seconds accuracy: 0.91", "3.3 seconds accuracy: 0.92", "different"),
        ("time: 2026-11-25 15:38", "time: 2026-11-26 15:38", "different"),
        ("Time: 15:38:22", "Time: 15:38:25", "different"),
        ("now 2026-11-25 15:38:22.123", "now 2026-11-25 15:38:23.123", "different"),
        ("2026-11-25T15:38:22", "2026-11-25T15:38:23", "different"),
        ("Elapsed time: 01:02:03", "Elapsed time: 01:02:05", "cosmetic"),
        ("elapsed 0:00:01.5", "elapsed 0:00:01.9", "cosmetic"),
        ("1 day, 2:03:04", "1 day, 2:03:09", "cosmetic"),
        ("0 days 00:00:01.2", "0 days 00:00:03.4", "cosmetic"),
        ("epoch 1 - 3s - loss 0.5", "epoch 1 - 4s - loss 0.5", "cosmetic"),
        ("epoch 1 - 3s - loss 0.5", "epoch 1 - 3s - loss 0.6", "different"),
        ("Runtime = 12", "Runtime = 13", "cosmetic"),
        ("--- 0.0502 seconds ---", "--- 0.1 seconds ---", "cosmetic"),
        ("1h 2min", "1h 5min", "cosmetic"),
        ("1m 23s", "1m 25s", "cosmetic"),
        ("1m23s", "2m24s", "cosmetic"),
        ("2 hours, 3 minutes and 5 seconds", "2 hours, 4 minutes and 6 seconds", "cosmetic"),
        ("2min 3s", "1min 59s", "cosmetic"),
        ("12 µs", "13 µs", "cosmetic"),
        ("1989.7 rows/s", "2989.7 rows/s", "cosmetic"),
        ("33.2 it/s", "33.4 it/s", "cosmetic"),
        ("5 ms/step", "6 ms/step", "cosmetic"),
        ("5 rows per second", "7 rows per second", "cosmetic"),
        ("mean 0.5 min 0.1 max 0.9", "mean 0.6 min 0.1 max 0.9", "different"),
        ("n=1000 samples in 0.5s", "n=1001 samples in 0.5s", "different"),
        ("100 iterations took 0.5", "100 iterations took 0.7", "cosmetic"),
        ("100 iterations took 0.5", "101 iterations took 0.5", "different"),
        ("Time for 100 iterations: 0.5", "Time for 100 iterations: 0.7", "cosmetic"),
        ("Time for 100 iterations: 0.5", "Time for 101 iterations: 0.5", "different"),
        ("sentiment: 0.9", "sentiment: 0.8", "different"),
        ("time step 5: 0.53", "time step 5: 0.54", "different"),
        ("{'fit_time': 0.05, 'score': 0.9}", "{'fit_time': 0.06, 'score': 0.9}", "cosmetic"),
        ("{'fit_time': 0.05, 'score': 0.9}", "{'fit_time': 0.05, 'score': 0.8}", "different"),
        ("(0.9123, 3.2)", "(0.9124, 3.2)", "different"),
        ("acc 0.91 (12.3s)", "acc 0.91 (9.3s)", "cosmetic"),
        ("acc 0.91 (12.3s)", "acc 0.92 (12.3s)", "different"),
        ("Fitted in 0.123", "Fitted in 0.223", "cosmetic"),
        ("Model A: 12 s\nModel B: 3 s\n", "Model A: 1 s\nModel B: 33 s\n", "cosmetic"),
        ("Training took    3.20 seconds", "Training took   13.20 seconds", "cosmetic"),
        ("Duration: 0:03:12", "Duration: 0:03:13", "cosmetic"),
        ("price 12 h", "price 13 h", "cosmetic"),
        ("elapsed: 12.5 | loss: 0.5", "elapsed: 13.5 | loss: 0.5", "cosmetic"),
        ("elapsed: 12.5 | loss: 0.5", "elapsed: 12.5 | loss: 0.6", "different"),
        ("step 10, 0.5 sec/step, loss = 1.2", "step 10, 0.6 sec/step, loss = 1.2", "cosmetic"),
        (
            "datetime.timedelta(seconds=3, microseconds=5)",
            "datetime.timedelta(seconds=4, microseconds=5)",
            "cosmetic",
        ),
        ("5 seconds of audio, rms 0.1", "5 seconds of audio, rms 0.2", "different"),
        ("Time taken: 0.5s, rows: 10", "Time taken: 0.6s, rows: 11", "different"),
        ("Wall clock 5.2s", "Wall clock 5.6s", "cosmetic"),
        (
            "   model   auc  time\n0  lr     0.80  0.13\n1  rf     0.90  1.13\n",
            "   model   auc  time\n0  lr     0.80  0.23\n1  rf     0.90  11.3\n",
            "cosmetic",
        ),
        (
            "   model   auc  time\n0  lr     0.80  0.13\n",
            "   model   auc  time\n0  lr     0.81  0.13\n",
            "different",
        ),
        ("speed 12.3 km/h", "speed 12.4 km/h", "cosmetic"),
    ],
)
def test_durations_are_cosmetic_where_a_clock_was_read_and_nothing_else_is(
    one: str, other: str, expected: str
) -> None:
    assert step([stream(one)], [stream(other)], CLOCK) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("took 3.2 s, accuracy 0.91", "took 4.2 s, accuracy 0.91", "different"),
        ("3 s", "4 s", "different"),
        (
            "fit: 100%|████| 30/30 [00:00<00:00, 3.1it/s]\n",
            "fit: 100%|████| 30/30 [00:01<00:00, 9.1it/s]\n",
            "cosmetic",
        ),
        (
            "fit: 100%|████| 30/30 [00:00<00:00, 3.1it/s]\n",
            "fit: 100%|████| 31/31 [00:00<00:00, 3.1it/s]\n",
            "different",
        ),
        (
            "fit: 100%|████| 30/30 [00:00<00:00, 3.1it/s, loss=0.5]\n",
            "fit: 100%|████| 30/30 [00:00<00:00, 3.1it/s, loss=0.6]\n",
            "different",
        ),
        ("30it [00:00, 306.1it/s]", "30it [00:01, 206.1it/s]", "cosmetic"),
        (
            "5/5 [=====] - 0.9s 36ms/step - loss: 0.1000",
            "5/5 [=====] - 1s 40ms/step - loss: 0.1000",
            "cosmetic",
        ),
        (
            "5/5 [=====] - 0.9s 36ms/step - loss: 0.1000",
            "5/5 [=====] - 1s 40ms/step - loss: 0.2000",
            "different",
        ),
        (
            "\x1b[1m5/5\x1b[0m \u2501\u2501\u2501 \x1b[1m1s\x1b[0m 36ms/step - loss: 0.1000",
            "\x1b[1m5/5\x1b[0m \u2501\u2501\u2501 \x1b[1m0s\x1b[0m 9ms/step - loss: 0.1000",
            "cosmetic",
        ),
        ("Working... ━━━━━━━━━━ 100% 0:00:02", "Working... ━━━━━━━━━━ 100% 0:00:03", "cosmetic"),
        ("2026-11-25 15:41:57,700 INFO auc", "2026-11-25 15:41:58,700 INFO auc", "cosmetic"),
        ("[I 2026-11-25 15:41:57,700] Trial 0", "[I 2026-11-25 15:41:58,700] Trial 0", "cosmetic"),
        (
            "{'fit_time': array([0.1, 0.2]), 'test_score': array([0.5])}",
            "{'fit_time': array([0.11, 0.3]), 'test_score': array([0.5])}",
            "cosmetic",
        ),
        (
            "mean_fit_time    0.05\nmean_test_score   0.9\n",
            "mean_fit_time    0.06\nmean_test_score   0.9\n",
            "cosmetic",
        ),
        (
            "mean_fit_time    0.05\nmean_test_score   0.9\n",
            "mean_fit_time    0.05\nmean_test_score   0.8\n",
            "different",
        ),
        ("[1.0, 1e-17]", "[1.0, 3e-17]", "tolerance"),
        ("1e-17", "3e-17", "different"),
        ("[1.0, 1e-9]", "[1.0, 3e-9]", "different"),
        ("[nan, 1.0]", "[nan, 1.0000000001]", "tolerance"),
        ("[nan, 1.0]", "[0.5, 1.0]", "different"),
        ("inf", "1.0", "different"),
        ("0.12345", "0.12346", "different"),
        ("1e+03 rows", "1.0000000001e+03 rows", "tolerance"),
        ("Epoch 1/5\r Epoch 5/5\n", "Epoch 5/5\n", "different"),
        (
            "<Process name='P-1' pid=123 parent=4 started>",
            "<Process name='P-1' pid=124 parent=4 started>",
            "cosmetic",
        ),
        (
            "<Task pending name='Task-5' coro=<f() running>>",
            "<Task pending name='Task-6' coro=<f() running>>",
            "cosmetic",
        ),
        (
            "/usr/lib/python3/dist-packages/numpy/x.py",
            "/home/a/.venv/lib/python3.11/site-packages/numpy/x.py",
            "cosmetic",
        ),
        ("pid 123", "pid 124", "different"),
        ("x at 0x7f3a91c0d040", "x at 0x7f3a91c0d140", "cosmetic"),
        ("0x7f3a91c0d040", "0x7f3a91c0d140", "different"),
        ("AUC   0.5   \n\n", "AUC   0.5", "cosmetic"),
        (
            "[LightGBM] [Info] the overhead of testing was 0.0003 seconds.\n",
            "[LightGBM] [Info] the overhead of testing was 0.0008 seconds.\n",
            "cosmetic",
        ),
        (
            "[Parallel(n_jobs=1)]: Done 5 | elapsed:    0.1s finished",
            "[Parallel(n_jobs=1)]: Done 5 | elapsed:    1.1s finished",
            "cosmetic",
        ),
    ],
)
def test_text_is_compared_by_what_it_says(one: str, other: str, expected: str) -> None:
    assert step([stream(one)], [stream(other)], Surroundings()) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("/cache/copy 1/a.csv", "/home/me/pro/a.csv", "cosmetic"),
        ("/home/me/pro/a.csv", "/home/me/project/a.csv", "different"),
        ("file:///cache/copy%201/a.csv", "file:///home/me/pro/a.csv", "cosmetic"),
        ("/cache\n", "/home/me\n", "cosmetic"),
        ("/cache\n", "/home/me/pro\n", "different"),
        ("/cache/other.csv\n", "/home/me/other.csv\n", "different"),
        ("   p  n\n0  /cache/copy 1/a  1\n", "     p  n\n0  /home/me/pro/a  1\n", "cosmetic"),
    ],
)
def test_the_copy_and_the_source_are_one_folder(one: str, other: str, expected: str) -> None:
    assert step([stream(one)], [stream(other)], ROOTS) == expected


@pytest.mark.parametrize(
    ("kind", "one", "other", "expected"),
    [
        ("application/json", True, 1, "different"),
        ("application/json", {"a": 1.0}, {"a": 1}, "different"),
        ("application/json", {"a": float("nan")}, {"a": float("nan")}, "identical"),
        ("text/latex", "$x = 1.5$", "$x = 1.6$", "different"),
        ("text/plain", ["a\n", "b"], "a\nb", "identical"),
        ("text/plain", None, "", "identical"),
        ("image/png", "no base64 \u00e9", "xxxxx", "different"),
        ("image/png", "iVBORw0KGgo" + "A" * 1001, "iVBORw0KGgo" + "B" * 1000, "different"),
    ],
)
def test_data_of_any_form_is_compared(kind: str, one: object, other: object, expected: str) -> None:
    assert step([display(kind, one)], [display(kind, other)], Surroundings()) == expected
