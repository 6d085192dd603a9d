"""`assistant serve` and `assistant users …`: the chat UI with its OpenAI-compatible endpoint, and who may use it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from assistant.ui.accounts import Accounts


@click.command()
@click.option("--host", help="Address to listen on (setting: host).")
@click.option("--port", type=click.IntRange(0, 65535), help="Port; 0 takes any free one (setting: port).")
@click.option(
    "--login/--no-login",
    default=None,
    help="Ask for a user's name and password; by default only when other machines can connect.",
)
def serve(host: str | None, port: int | None, login: bool | None) -> None:
    """Open the chat UI and an OpenAI-compatible endpoint (/v1) on one address."""
    from assistant.settings import Settings

    given = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    settings = Settings(**given)
    from assistant import Assistant
    from assistant.ui import server

    server.run(settings, lambda: Assistant.open(settings), login=login, say=click.echo)


@click.group()
def users() -> None:
    """Who may use a chat UI that other machines can reach."""


@users.command("add")
@click.argument("name")
@click.password_option(help="Asked for when not given.")
def add(name: str, password: str) -> None:
    """Add a user, or change the password."""
    _accounts().add(name, password)
    click.echo(f"{name} can log in")


@users.command("list")
def list_users() -> None:
    """List the users."""
    for name in _accounts().names():
        click.echo(name)


@users.command("remove")
@click.argument("name")
def remove(name: str) -> None:
    """Remove a user; conversations stay on disk."""
    _accounts().remove(name)
    click.echo(f"{name} can no longer log in")


@users.command("token")
@click.argument("name")
def token(name: str) -> None:
    """Make a token with which programs ask as this user (the old one ends). It is shown once."""
    click.echo(_accounts().new_token(name))


def _accounts() -> Accounts:
    from assistant.settings import Settings
    from assistant.ui.accounts import Accounts

    return Accounts(Settings().data_folder)
