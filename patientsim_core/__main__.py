"""The command line: python -m patientsim_core COMMAND."""

import argparse
import sys

from patientsim_core.commands import (
    evaluate,
    export,
    import_run,
    prepare_mimic,
    simulate,
    synthetic_mimic,
    transcripts,
)
from patientsim_core.errors import ModelError, PatientSimError

COMMANDS = {
    "simulate": simulate,
    "evaluate": evaluate,
    "import": import_run,
    "export": export,
    "prepare-mimic": prepare_mimic,
    "synthetic-mimic": synthetic_mimic,
    "transcripts": transcripts,
}


def main(arguments: list[str] | None = None) -> int:
    """Runs a command. Exit status 0 done, 1 not all of it (what is missing is listed), 2 wrong input (one
    line that says what and where)."""
    parser = argparse.ArgumentParser(prog="python -m patientsim_core", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        command.add_flags(commands.add_parser(name, help=command.HELP, description=command.__doc__))
    given = parser.parse_args(arguments)
    try:
        return COMMANDS[given.command].run(given)
    except KeyboardInterrupt:  # before there was anything to stop in order
        print("Stopped.", file=sys.stderr)
        return 130
    except PatientSimError as error:
        print(error, file=sys.stderr)
        return 1 if isinstance(error, ModelError) else 2


if __name__ == "__main__":
    sys.exit(main())
