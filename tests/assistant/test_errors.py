import click
import pytest
from click.testing import CliRunner

from assistant.cli import main
from assistant.errors import AssistantError, UsageError


def test_message_is_one_line_whatever_a_library_put_into_it():
    assert str(AssistantError("cannot be read:\n  line 3\n\tbad")) == "cannot be read: line 3 bad"


def test_usage_error_is_an_assistant_error_with_its_own_exit_code():
    assert (AssistantError.exit_code, UsageError.exit_code) == (1, 2)
    assert issubclass(UsageError, AssistantError)


@pytest.mark.parametrize(("error", "code"), [(AssistantError("no index"), 1), (UsageError("no such model"), 2)])
def test_command_line_shows_the_line_and_no_traceback(error, code, monkeypatch):
    @click.command()
    def failing():
        raise error

    monkeypatch.setitem(main.commands, "failing", failing)
    result = CliRunner().invoke(main, ["failing"])
    assert result.exit_code == code
    assert result.stderr == f"assistant: {error}\n"
    assert result.stdout == ""


def test_wrong_option_is_wrong_usage():
    assert CliRunner().invoke(main, ["models", "list", "--nonsense"]).exit_code == 2
