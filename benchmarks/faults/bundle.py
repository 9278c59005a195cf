"""Bundles bent at random: how many the program in the bundle finds. It has to be all of them.

    python benchmarks/faults/bundle.py --count 10000 --seed 1

Bits flipped; lines dropped, repeated and put in another order; the log cut; signed by another; openings swapped; a
revision forked; all of it made anew under another key. Two thirds have their list of files mended. Makes a database of
its own on the server of DATABASE_OWNER_URL and drops it. Exit status 1 when one was not found.
"""

# ruff: noqa: E402  (Django wants its settings before its models)
import argparse
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))
os.environ["DJANGO_SETTINGS_MODULE"] = "goldidea.settings.test"

import django

django.setup()

from benchmarks.measuring import own_database
from tests.evaluations.bent import fuzz
from tests.evaluations.bundles import published


def measure(given: argparse.Namespace) -> bool:
    files = published().files
    began = time.monotonic()
    figures = fuzz(files, given.count, given.seed)
    print(f"a bundle of {sum(map(len, files.values())):,} bytes, seed {given.seed}")
    for way, (found, tried) in sorted(figures.items()):
        print(f"  {way:<14} {found:>6} of {tried:>6} found")
    found, tried = (sum(pair[part] for pair in figures.values()) for part in (0, 1))
    print(f"bundle bent: found={found} of {tried}, missed={tried - found}, {time.monotonic() - began:.0f} s")
    return found == tried


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--count", type=int, default=10_000, help="bent bundles")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with own_database("bundle"):
        good = measure(given)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
