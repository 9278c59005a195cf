"""Bundles bent at random: how many the program in the bundle and the page find. It has to be all of them.

    python benchmarks/faults/bundle.py --count 10000 --seed 1

Bits flipped; lines dropped, repeated and put in another order; the log cut; signed by another; openings swapped; a
revision forked; all of it made anew under another key: two thirds have their list of files mended. And by one who holds
the key: points or reasons that the log does not know, lines after the close, changes without their correction, a sheet
hidden behind another judge's recusal, a seat that comes back. The page looks at no signature, and is not asked where only
that tells. Makes a database of its own on the server of DATABASE_OWNER_URL and drops it; needs Node. Exit status 1 when
one was not found.
"""

# ruff: noqa: E402  (Django wants its settings before its models)
import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))
os.environ["DJANGO_SETTINGS_MODULE"] = "goldidea.settings.test"

import django

django.setup()

from benchmarks.measuring import own_database
from tests.evaluations.bent import fuzz
from tests.evaluations.bundles import corrected
from tests.evaluations.page_check import asked_of_the_page


def measure(given: argparse.Namespace) -> bool:
    files = corrected()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        figures = fuzz(
            files, given.count, given.seed, lambda bundles: asked_of_the_page(bundles, Path(folder))
        )
    print(f"a bundle of {sum(map(len, files.values())):,} bytes, seed {given.seed}")
    good = True
    for program, ways in figures.items():
        for way, (found, tried) in ways.items():
            print(f"  {program:<10} {way:<14} {found:>6} of {tried:>6} found")
        found, tried = (sum(pair[part] for pair in ways.values()) for part in (0, 1))
        print(f"bundle bent, {program}: found={found} of {tried}, missed={tried - found}")
        good = good and found == tried
    print(f"{time.monotonic() - began:.0f} s")
    return good


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
