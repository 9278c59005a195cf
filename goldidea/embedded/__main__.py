"""The command line: `python -m goldidea.embedded run|exec|demo|browser`."""

import argparse
import io
import signal
import sys
from collections.abc import Sequence

from goldidea.embedded import browser, commands, product
from goldidea.embedded.errors import CannotRun
from goldidea.embedded.processes import follow_parent


def main(arguments: Sequence[str]) -> int:
    """Do what the command line says; returns the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that knows no Chinese still gets the rest
    chosen = _parser().parse_args(arguments)
    if chosen.with_parent:
        follow_parent(signal.SIGTERM)
    try:
        match chosen.command:
            case "run":
                return product.run()
            case "exec":
                command = _without_separator(chosen.arguments)
                if not command:
                    raise CannotRun("exec: name the program to run, after --")
                return commands.execute(command, throwaway=chosen.tests)
            case "demo":
                return commands.demonstrate(_without_separator(chosen.arguments))
            case _:
                return browser.install()
    except CannotRun as sentence:
        print(sentence, file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m goldidea.embedded", description=__doc__)
    parser.add_argument(
        "--with-parent", action="store_true", help="stop when the program that started this one ends"
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="the whole product, until Ctrl-C")
    execute = commands.add_parser("exec", help="a program with the servers' addresses in its environment")
    execute.add_argument("--tests", action="store_true", help="on fresh servers that are gone afterwards")
    demonstrate = commands.add_parser(
        "demo", help="the demonstration season without a browser, on fresh servers"
    )
    commands.add_parser("browser", help="get a Chromium for the browser journeys")
    for command in (execute, demonstrate):
        command.add_argument("arguments", nargs=argparse.REMAINDER, metavar="-- …")
    return parser


def _without_separator(arguments: Sequence[str]) -> list[str]:
    """argparse keeps the first `--` of what it does not parse, or drops it, by its version."""
    return list(arguments[1:] if arguments[:1] == ["--"] else arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
