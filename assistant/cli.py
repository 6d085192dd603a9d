"""The command line: the one place that puts the parts together. Imports inside commands keep `--help` instant."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from assistant.ask_commands import ask, batch, chat, search
from assistant.doctor import doctor
from assistant.errors import AssistantError
from assistant.index_commands import index
from assistant.model_commands import models
from assistant.report_commands import reports
from assistant.rows_command import rows
from assistant.serve_commands import serve, users
from eval.command import evaluate


class _Group(click.Group):
    """Turns every error meant for users into one line on stderr and the right exit code."""

    def main(self, args: Sequence[str] | None = None, *rest: object, **extra: object) -> object:  # type: ignore[override]
        """Run; exit code 0 done, 1 could not do it, 2 wrong usage, 130 interrupted."""
        extra["standalone_mode"] = False
        try:
            super().main(args, *rest, **extra)  # type: ignore[call-overload]
        except click.exceptions.Exit as stop:
            sys.exit(stop.exit_code)
        except click.Abort:
            sys.exit(130)
        except click.ClickException as error:
            error.show()
            sys.exit(error.exit_code)
        except AssistantError as error:
            click.echo(f"assistant: {error}", err=True)
            sys.exit(error.exit_code)
        except KeyboardInterrupt:
            sys.exit(130)
        sys.exit(0)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="esg-report-assistant")
def main() -> None:
    """Ask Chinese sustainability and regional finance reports; every figure comes with its line."""
    from assistant.settings import start_logging

    start_logging()


for command in (ask, batch, chat, search):
    main.add_command(command)
index.add_command(rows)
main.add_command(index)
main.add_command(reports)
main.add_command(models)
main.add_command(doctor)
main.add_command(evaluate)
main.add_command(serve)
main.add_command(users)


if __name__ == "__main__":
    main()
