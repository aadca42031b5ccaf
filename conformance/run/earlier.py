"""Records of earlier runs, as somebody names them on a command line."""

from __future__ import annotations

from pathlib import Path

from conformance.results.reader import ResultsError, RunRecording, read
from conformance.run.errors import OptionError

RECORDS = ("results.jsonl", "results.jsonl.gz")
"""How a record is called in the folder of a run."""


def read_record(path: Path) -> RunRecording:
    """Read a record, or the one in the folder of a run; it may have been cut short.

    Raises:
        OptionError: there is none, or it is not one of this version.
    """
    if path.is_dir():
        held = [path / name for name in RECORDS if (path / name).is_file()]
        if not held:
            raise OptionError(f"{path}: holds no {' or '.join(RECORDS)}")
        path = held[0]
    try:
        return read(path)
    except OSError as error:
        raise OptionError(f"{path}: {error.strerror or error}") from None
    except ResultsError as error:
        raise OptionError(str(error)) from None
