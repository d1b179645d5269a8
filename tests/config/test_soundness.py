"""What `ihala check` finds in settings."""

import pytest

from config import soundness
from config.home import home


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("IHALA_HOME", str(tmp_path / "home"))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"IHALA_AGENT": "inside"}, "IHALA_AGENT"),
        ({"IHALA_DEMO": "1", "IHALA_ORIGIN": "https://x"}, "IHALA_DEMO"),
        ({"IHALA_STEP_UP_MINUTES": "0"}, "IHALA_STEP_UP_MINUTES"),
        ({"IHALA_QUOTAS": "5000/9000 60/240 300/1500"}, "IHALA_QUOTAS"),
    ],
)
def test_a_setting_that_takes_a_wall_down_is_a_problem(given, said):
    (problem,) = soundness.unsafe(given)
    assert problem.startswith(said)


def test_what_production_sets_is_none():
    assert soundness.unsafe({"IHALA_QUOTAS": "60/240 60/240 300/1500", "IHALA_ORIGIN": "https://x"}) == []
    assert soundness.unsafe({"IHALA_QUOTAS": "nonsense", "IHALA_STEP_UP_MINUTES": "30"}) == []


def test_a_passphrase_that_others_can_read_is_a_problem(tmp_path):
    file = tmp_path / "passphrase"
    file.write_text("secret")
    file.chmod(0o644)
    given = {"IHALA_CUSTODY_PASSPHRASE_FILE": str(file)}
    assert "chmod o-rwx" in soundness.unsafe(given)[0]
    file.chmod(0o640)
    assert soundness.unsafe(given) == []


def test_what_should_be_known_is_said_until_it_is_done(monkeypatch):
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    for folder in ("keys", "secrets"):
        (home() / folder).mkdir()
    (home() / "keys" / "master.key").touch()
    said = " ".join(soundness.advice({}))
    for word in ("open file", "keys recovery", "backup-key", "server's account", "e-mail"):
        assert word in said
    (home() / "keys" / "recovery-1.public").touch()
    (home() / "secrets" / "backup-public-key").touch()
    done = {"IHALA_CUSTODY_URL": "https://bao", "IHALA_AGENT_SOCKET": "/run/x", "IHALA_SMTP_URL": "smtp://m"}
    assert soundness.advice(done) == []
