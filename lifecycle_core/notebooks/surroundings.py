"""What is known of the runs behind two outputs, which decides what counts as cosmetic in them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Facts from outside the outputs.

    Attributes:
        clock_read: The cell, or one it depends on, read a clock: durations in its text are noise.
            False where nobody saw that; then a number beside a unit of time is a result.
        roots: Pairs of folders that stand for each other: of the clean copy, of the source.
        process_asked: The notebook asks for the number of its process; elsewhere `pid` may be that
            of a patient.
        memory_asked: The source of the cell, or of one it depends on, asks how much memory the
            process has; else an amount of memory is a result.
        process_logged: The notebook has a format of `logging` in which the number of the process
            stands behind the time.
        file_written: The cell's source is a file that `%%writefile` writes.
        homes: The HOME of each run, which has one of its own.
        elsewhere: Folders of the project on the machine where the outputs were stored, as far as
            they are known.
        temporary: The runs' own folders for temporary files; elsewhere that is `/tmp`.
    """

    clock_read: bool = False
    roots: tuple[tuple[str, str], ...] = ()
    temporary: tuple[str, ...] = ()
    process_asked: bool = False
    memory_asked: bool = False
    process_logged: bool = False
    file_written: bool = False
    homes: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()


UNKNOWN = Surroundings()
