"""Write a round's folder and have it counted again by the command that anybody can run."""

import subprocess
import sys
from pathlib import Path

from django.conf import settings

from evaluations.actions.analysing import analyse_tally
from evaluations.actions.bundling import VERIFIER, build_bundle
from evaluations.actions.counting import tally_inputs
from evaluations.demonstration.rounds import name_of
from evaluations.models import Bundle, Round
from evaluations.tally import folder_files


class NotTheSame(Exception):
    """The command gave another result than the worker."""


def write_folder(round_: Round, out: Path) -> Path:
    """The round's rule, entries, seats and marks as files, with the result that the worker computed."""
    folder = out / name_of(round_)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in folder_files(round_.rule_set.text, tally_inputs(round_)).items():
        (folder / name).write_bytes(content)
    row = round_.tallies.exclude(state="superseded").get()
    (folder / "result.json").write_bytes(row.result.encode())
    return folder


def check_bundle(round_: Round, out: Path) -> None:
    """Put the round's published bundle beside its folder and run the program in it, isolated from everything of ours.

    Raises: NotTheSame.
    """
    row = round_.tallies.exclude(state="superseded").get()
    analyse_tally(row.pk)  # the worker may have done both already
    build_bundle(row.pk)
    file = out / name_of(round_) / "bundle.zip"
    with Bundle.objects.get(tally=row).file.open("rb") as stored:
        file.write_bytes(stored.read())
    command = [sys.executable, "-I", str(VERIFIER), str(file)]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        raise NotTheSame(f"verify.py {file}: {done.stdout.decode(errors='replace').strip()}")


def count_again(folder: Path) -> bytes:
    """Run `python -m evaluations.tally` on the folder, without Django; gives the bytes, which are those of the worker.

    Raises: NotTheSame.
    """
    command = [sys.executable, "-m", "evaluations.tally", str(folder.resolve())]
    done = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, check=False)
    if done.returncode or done.stdout != (folder / "result.json").read_bytes():
        trouble = done.stderr.decode(errors="replace").strip() or "other bytes"
        raise NotTheSame(f"python -m evaluations.tally {folder}: {trouble}")
    return done.stdout
