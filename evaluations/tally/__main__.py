"""The command `python -m evaluations.tally FOLDER`: recompute a result without Django.

It prints result.json (with `--analysis`: analysis.json) to standard output and ends with status 0; or it prints one line to standard error,
which says which file, which row and what is wrong, and ends with status 2 and nothing on standard output.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from evaluations.tally.count import tally
from evaluations.tally.folder import read_folder
from evaluations.tally.messages import FolderError, RuleError, TallyError, one_line

REFUSED = 2


def main(arguments: Sequence[str]) -> int:
    """Run the command with its arguments; returns the exit status."""
    try:
        output = _result(arguments)
    except FolderError as error:
        return _refuse(str(error))
    except RuleError as error:
        return _refuse(f"rule.json: {error}")
    except TallyError as error:
        return _refuse(error.message)
    try:
        sys.stdout.buffer.write(output)
        sys.stdout.buffer.flush()
    except OSError:
        # Else the interpreter tries to write the rest once more when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _refuse(TallyError("cannot-write").message)
    return 0


def _result(arguments: Sequence[str]) -> bytes:
    folders = [argument for argument in arguments if argument != "--analysis"]
    if len(folders) != 1 or folders[0].startswith("-") or len(arguments) > 2:
        raise TallyError("usage")
    rule, inputs = read_folder(Path(folders[0]))
    if len(arguments) == 1:
        return tally(rule, inputs).to_bytes()
    from evaluations.tally.analysis import analyse

    return analyse(rule, inputs)


def _refuse(sentence: str) -> int:
    print(one_line(sentence), file=sys.stderr)
    return REFUSED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
