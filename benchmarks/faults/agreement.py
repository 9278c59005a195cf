"""Random rules and rounds counted by three programs written apart: the engine, verify.py, and the page's module (Node).

    python benchmarks/faults/agreement.py --count 1000 --seed 1

Needs Node and no database. Exit status 1 when two do not give the same bytes.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from tests.evaluations.agreement import compare


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--count", type=int, default=1000, help="rules with a round each")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        seen, apart = compare(given.count, given.seed, Path(folder))
    for option, times in sorted(seen.items()):
        print(f"  {option:<20} in {times:>5} rounds")
    print(
        f"engine, verify.py, page: agreed={given.count - len(apart)} of {given.count}, {time.monotonic() - began:.0f} s"
    )
    for case in apart[:3]:
        print(case)
    return 1 if apart else 0


if __name__ == "__main__":
    sys.exit(main())
