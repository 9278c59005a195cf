"""The whole season of the demonstration without a browser."""

import datetime as dt
import signal
import sys
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from evaluations.demonstration.founding import NotHere, check_installation, loaded_district
from evaluations.demonstration.proof import NotTheSame
from evaluations.demonstration.ranking import ranking, table
from evaluations.demonstration.running import run
from evaluations.demonstration.season import Stages
from evaluations.demonstration.worker import WorkerDied
from goldidea.lib.errors import Refusal


class Command(BaseCommand):
    help = "Run a season from nomination to the published final on an empty database, with a worker doing the tally."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--seed", default="1", help="decides people, marks, pseudonyms and lots (default: 1)"
        )
        parser.add_argument("--out", type=Path, default=Path(settings.BASE_DIR) / "var" / "demo")
        parser.add_argument("--sub-districts", type=int, choices=range(2, 7), default=6, metavar="2-6")
        parser.add_argument(
            "--window", type=int, default=12, metavar="SECONDS", help="how long a round is open"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        signal.signal(signal.SIGTERM, lambda *_signal: sys.exit(143))  # so that the worker is stopped too
        stages = Stages(self.tell)
        began = time.monotonic()
        try:
            check_installation()
            if loaded_district() is not None:
                raise NotHere(
                    "The demonstration is loaded in this database: run it on an empty one (make demo)."
                )
            final = run(
                options["seed"],
                options["out"],
                stages,
                most=options["sub_districts"],
                window=dt.timedelta(seconds=options["window"]),
            )
        except (NotHere, NotTheSame, WorkerDied) as error:
            raise CommandError(str(error)) from error
        except Refusal as error:
            raise CommandError(str(error.message)) from error
        rows = [[name, f"{seconds:.1f}"] for name, seconds in stages.seconds]
        rows.append(["all", f"{time.monotonic() - began:.1f}"])
        self.tell(f"\n演示数据，非真实结果 (invented data)\n\n{ranking(final)}\n")
        self.tell(table(["stage", "seconds"], rows, frozenset({1})))
        self.tell(f"\nresult.json and the folders that anybody can count again: {options['out']}")

    def tell(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
