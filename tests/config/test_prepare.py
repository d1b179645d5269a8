"""What is made once from the sources is made again when they change, and only then."""

import os

from config import prepare


def test_the_schema_is_of_another_day_when_a_migration_is_added(tmp_path, monkeypatch):
    folder = tmp_path / "ihala" / "cases" / "migrations"
    folder.mkdir(parents=True)
    (tmp_path / "config").mkdir()
    for name in ("requirements.lock", "config/grants.py", "ihala/cases/migrations/0001_cases.py"):
        (tmp_path / name).write_text("one")
    monkeypatch.setattr(prepare, "ROOT", tmp_path)
    before = prepare.schema()
    assert prepare.schema() == before
    (folder / "0002_more.py").write_text("two")
    assert prepare.schema() != before


def test_static_files_are_gathered_once_and_again_when_one_changes(tmp_path, settings, monkeypatch):
    monkeypatch.setattr(prepare, "home", lambda: tmp_path)
    monkeypatch.setattr(prepare, "fingerprint", lambda: "today")
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
    }
    assert prepare.stale()
    assert prepare.static_files() is True
    assert prepare.static_files() is False
    monkeypatch.setattr(prepare, "fingerprint", lambda: "tomorrow")
    assert prepare.stale()


def test_the_fingerprint_follows_the_static_files(tmp_path):
    (tmp_path / "static").mkdir()
    style = tmp_path / "static" / "style.css"
    style.write_text("a {}")
    before = prepare.fingerprint(tmp_path)
    os.utime(style, ns=(1, 1))
    assert prepare.fingerprint(tmp_path) != before
