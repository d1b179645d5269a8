"""Commands given where nothing can be typed, or with arguments that make no sense: one sentence and a status."""

import io

import pytest

from config import cli, keys_command, log, needs
from ihala.audit import keys
from tests.config.test_installation import home, ihala  # noqa: F401  the fixture

ODD = [
    (["demo", "--port", "-1"], "a port is a number from 1 to 65535"),
    (["serve", "--port", "99999"], "a port is a number from 1 to 65535"),
    (["serve", "--workers", "0"], "from 1 to 64 processes"),
    (["audit", "witness", "--server", "nonsense", "--name", "w", "--folder", "w"], "--server is the address"),
    (["audit", "witness", "--server", "https://x.example", "--name", "../w", "--folder", "w"], "--name is letters"),
    (["audit", "witness", "--server", "https://x.example", "--name", "w", "--folder", "/dev/null/w"], "--folder holds"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "words"), ODD)
def test_what_makes_no_sense_is_said_in_a_sentence(arguments, words, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == 2 and words in capsys.readouterr().err


def test_a_port_in_the_environment_that_is_none_stops_only_what_needs_a_port(monkeypatch, capsys):
    monkeypatch.setenv("PORT", "abc")
    assert cli.main(["messages", "check"]) == 0
    with pytest.raises(SystemExit):
        cli.main(["serve"])
    assert "a port is a number" in capsys.readouterr().err


@pytest.fixture
def nobody_types(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(""))


def test_two_people_cannot_be_named_where_nobody_types(nobody_types, tmp_path, capsys):
    command = ["audit", "witness", "--server", "https://x.example", "--name", "w", "--folder", str(tmp_path)]
    assert cli.main([*command, "--set-aside", "restored"]) == 1
    assert "give it at a terminal" in capsys.readouterr().err


def test_no_sheet_becomes_void_where_no_officer_stands_at_the_screen(nobody_types, monkeypatch):
    made = []
    monkeypatch.setattr(keys, "set_up_recovery", lambda *asked: made.append(asked) or [["one"], ["two"]])
    options = cli._parser().parse_args(["keys", "recovery", "--release"])
    with pytest.raises(EOFError):
        keys_command.recovery(options, lambda line: None)
    assert made == []


def test_a_ceremony_that_breaks_off_says_that_it_has_to_begin_again(monkeypatch):
    monkeypatch.setattr(keys, "set_up_recovery", lambda *asked: [["part of one"], ["part of two"]])
    answers, said = iter(["", ""]), []

    def typed(prompt):
        try:
            return next(answers)
        except StopIteration:
            raise EOFError from None

    monkeypatch.setattr(keys_command, "INPUT", typed)
    options = cli._parser().parse_args(["keys", "recovery", "--release"])
    assert keys_command.recovery(options, said.append) == 1
    assert "  part of one" in said and "  part of two" not in said
    assert "give the command again" in said[-1]


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"IHALA_DEMO": "1", "IHALA_PRODUCTION": "1"}, "IHALA_DEMO"),
        ({"IHALA_PRODUCTION": "1", "IHALA_ORIGIN": "http://x"}, "IHALA_ORIGIN"),
        ({"IHALA_PRODUCTION": "1", "IHALA_ORIGIN": "https://x", "IHALA_AGENT": "inside"}, "IHALA_AGENT"),
        ({"IHALA_QUOTAS": "x"}, "IHALA_QUOTAS"),
        ({"IHALA_QUOTAS": "60/240 60/240"}, "IHALA_QUOTAS"),
        ({"IHALA_SEARCH_QUOTAS": "60/240 60/٢٤٠"}, "IHALA_SEARCH_QUOTAS"),
        ({"IHALA_STEP_UP_MINUTES": "soon"}, "IHALA_STEP_UP_MINUTES"),
    ],
)
def test_settings_that_cannot_be_are_named(given, word):
    assert word in needs.unmet(given)


def test_usual_settings_are_taken():
    usual = {"IHALA_PRODUCTION": "1", "IHALA_ORIGIN": "https://x", "IHALA_QUOTAS": "60/240 60/240 300/1500"}
    assert needs.unmet(usual | {"IHALA_KEY_GRACE_MINUTES": "0.08", "IHALA_POOL": "4"}) == ""


def test_whoever_sets_the_log_aside_is_asked_by_the_command_as_it_is_installed(home):  # noqa: F811
    """In a process of its own: there the language can only be set once Django is."""
    assert ihala(home, "migrate")[0] == 0
    status, said = ihala(home, "audit", "set-aside", "--as", "nobody")
    assert (status, "Traceback" in said) == (1, False) and "nobody is no data protection officer" in said
    status, said = ihala(home, "keys", "recover")
    assert (status, "Traceback" in said) == (1, False)
    status, said = ihala(home, "check", IHALA_QUOTAS="x")
    assert (status, "Traceback" in said) == (1, False) and "IHALA_QUOTAS is 3 pairs" in said
    status, said = ihala(home, "agent")
    assert (status, "Traceback" in said) == (1, False) and "IHALA_ORIGIN" in said


def test_a_password_is_asked_only_where_it_is_not_shown(nobody_types, monkeypatch):
    monkeypatch.setattr("os.open", lambda *asked: (_ for _ in ()).throw(OSError("no terminal")))
    with pytest.raises(EOFError):
        log.PASSWORD("Password of aman.dpo: ")
