"""A drill: back up, lose or erase something, restore. On a real server, with the product reading what came back."""

import json
import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection, connections

from config import postgres, provision
from config.backup import copies, database, making, restoring, vessel
from config.databases import OWNER_ROLE
from config.home import home
from ihala.cases import actions as cases
from ihala.cases.content import CaseContent
from ihala.cases.models import Case
from ihala.core.acting import acting
from ihala.core.vocabulary import DisclosureClass
from ihala.erasure.enums import Unit
from ihala.referrals.enums import State
from ihala.vault import salts
from tests import given
from tests.erasure.conftest import erased
from tests.erasure.test_erasing import content_of, parts, persons

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("backup")]


@pytest.fixture
def said():
    return []


@pytest.fixture
def address(server):
    """The owner's, of this process's database."""
    return server.address(OWNER_ROLE, connection.settings_dict["NAME"])


@pytest.fixture
def key(tmp_path) -> Path:
    """The private half, as if on a stick."""
    (home() / "secrets" / vessel.PUBLIC).unlink(missing_ok=True)
    vessel.make_key(tmp_path / "stick")
    return tmp_path / "stick"


@pytest.fixture
def restored(server):
    """Restores a backup into a database beside, in which the product then reads."""
    here = connection.settings_dict["NAME"]
    beside = f"{here}_restored"

    def drop():
        with server.connect(postgres.SUPERUSER, "postgres") as raw:
            raw.execute(f'DROP DATABASE IF EXISTS "{beside}" WITH (FORCE)')

    def restore(path, key):
        drop()
        with server.connect(postgres.SUPERUSER, "postgres") as raw:
            provision.make_database(raw, beside)
        with vessel.reading(path, making.KIND, key).get("database") as stream:
            database.load(server.address(OWNER_ROLE, beside), stream)
        connection.close()
        connections["default"].settings_dict["NAME"] = beside

    yield restore
    connection.close()
    connections["default"].settings_dict["NAME"] = here
    drop()


def test_what_was_erased_stays_erased_in_every_backup_and_everything_else_comes_back(
    key, address, said, tmp_path, restored
):
    """Last night's backup in a thief's hands, with the machine's keys and the salts as they are today."""
    aman = given.actor("aman.caseworker")
    scene = given.a_scene_at(State.COMPLETED)
    family, thinned, other = given.helens_case(), given.a_case_with_consent(), given.a_case()
    before = {case.pk: content_of(case, aman) for case in (family, thinned, other)}
    with acting(aman):
        cases.save_draft({"survivor-name": ["مها"]}, by=aman, case=thinned, based_on=1)
        (child, _second) = persons(family, "companion")
    path = making.make(tmp_path / "backups", address, said.append)
    assert any(line.startswith("Restored and compared") for line in said), said
    erased(scene.file)
    erased(family, Unit.PERSON, person=child)
    erased(thinned, Unit.CLASS, disclosure_class=DisclosureClass.IDENTITY)
    with acting(aman):  # the class goes on being used
        left = Case.objects.get(pk=thinned.pk)
        cases.update_case(
            left, CaseContent(left.category, {"name": "اسم جديد"}), by=aman, version=left.version
        )

    restored(path, key)
    with acting(aman):
        back = Case.objects.get(pk=scene.file.pk)
        assert (back.state, bool(back.identity)) == ("open", True), "the row is back, as it was"
    assert set(content_of(scene.file, aman).survivor) <= {"sex"}
    assert content_of(scene.file, aman).case == {}
    assert set(parts(scene.subject, aman).values()) == {None}
    came_back = content_of(family, aman)
    assert set(came_back.companions[0]) <= {"sex"}
    assert came_back.companions[1:] == before[family.pk].companions[1:]
    assert came_back.survivor == before[family.pk].survivor
    thin = content_of(thinned, aman)
    assert "name" not in thin.survivor
    assert thin.case["reason"] == before[thinned.pk].case["reason"]
    with acting(aman):
        assert cases.load_draft(by=aman, case=thinned) is None
    assert content_of(other, aman) == before[other.pk]


def test_a_backup_that_is_cut_short_changed_or_for_another_key_is_refused(key, address, said, tmp_path):
    given.a_case()
    path = making.make(tmp_path / "backups", address, said.append, verify=False)
    assert {one.name for one in path.iterdir()} == {"database", "home", "contents", "manifest.json"}
    for change in (_cut, _flip, Path.unlink):
        broken = tmp_path / change.__name__
        shutil.copytree(path, broken)
        change(broken / "database")
        assert restoring.run(broken, key, None, address, said.append, replace=False) == 1
        assert "Not restored" in said[-1]
    for unfinished in (tmp_path / "backups" / "nothing.partial", tmp_path / "nowhere"):
        assert restoring.run(unfinished, key, None, address, said.append, replace=True) == 1
    vessel.make_key(tmp_path / "another")
    for wrong in (tmp_path / "another", tmp_path / "absent", path / "manifest.json"):
        assert restoring.run(path, wrong, None, address, said.append, replace=True) == 1
    assert restoring.run(path, key, None, address, said.append, replace=False) == 1
    assert "--replace" in said[-1], said[-1]
    swapped = tmp_path / "swapped"
    shutil.copytree(path, swapped)
    _swap(swapped)
    with pytest.raises(vessel.Damaged, match="does not open"):
        making.put_back(vessel.reading(swapped, making.KIND, key))


def _cut(file):
    os.truncate(file, file.stat().st_size // 2)


def _flip(file):
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(bytes(data))


def _swap(path):
    """Files exchanged by somebody who also mends the manifest: what is bound to its name does not open."""
    (path / "contents").rename(path / "other")
    (path / "home").rename(path / "contents")
    (path / "other").rename(path / "home")
    said = json.loads((path / "manifest.json").read_text())
    files = said["files"]
    files["home"], files["contents"] = files["contents"], files["home"]
    (path / "manifest.json").write_text(json.dumps(said))


def test_nothing_clear_and_no_salt_and_no_master_key_is_in_a_backup(key, address, said, tmp_path):
    case = given.a_case()
    names = [name for _path, name in making.kept_files()]
    assert "keys/master.key" not in names
    assert any(name.endswith(".sealed") for name in names)
    assert not [name for name in names if "salt" in name or "password" in name]
    path = making.make(tmp_path / "backups", address, said.append, verify=False)
    whole = b"".join(file.read_bytes() for file in path.iterdir())
    for clear in (case.reference.encode(), b"aman.caseworker", b"PGDMP", b"audit_event"):
        assert clear not in whole
    assert not list(home().glob("scratch-*"))
    put_back = making.put_back(vessel.reading(path, making.KIND, key))
    assert sorted(put_back) == sorted(names)


def test_an_interrupted_backup_leaves_nothing_that_looks_like_one(key, address, said, tmp_path, monkeypatch):
    monkeypatch.setattr(making, "_home", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        making.make(tmp_path / "backups", address, said.append)
    assert list((tmp_path / "backups").iterdir()) == []


def test_a_backup_that_does_not_restore_to_the_same_does_not_count(key, address, said, tmp_path, monkeypatch):
    real = database.read_contents

    def one_row_more(where):
        found = real(where)
        found.rows["cases_case"] += 1
        return found

    monkeypatch.setattr(database, "read_contents", one_row_more)
    given.a_case()
    assert making.run(tmp_path / "backups", address, said.append) == 1
    assert "cases_case" in said[-1]
    assert list((tmp_path / "backups").iterdir()) == []
    (home() / "secrets" / vessel.PUBLIC).unlink()
    assert making.run(tmp_path / "backups", address, said.append) == 1
    assert "backup-key" in said[-1]


# -------------------------------------------------------------------------------------------------- copies of the salts


def test_salts_are_copied_pruned_after_seven_days_and_never_bring_back_a_whole_case(key, said, tmp_path):
    aman, place = given.actor("aman.caseworker"), tmp_path / "copies"
    lost, gone = given.a_case(), given.a_case()
    before = content_of(lost, aman)
    assert copies.copy(place, said.append) == 0
    (path,) = place.iterdir()
    assert str(lost.pk).encode() not in b"".join(file.read_bytes() for file in path.iterdir())
    erased(gone)
    (salts.folder() / f"{lost.pk}.salt").unlink()
    assert copies.restore(path, key, said.append) == 0
    assert content_of(lost, aman) == before
    assert salts.read(gone.pk) is None
    assert said[-1].startswith("1 salts restored")
    (place / "salts-20200101T000000Z.partial").mkdir()
    assert copies.prune(place) == 1
    assert copies.prune(place, datetime.now(UTC) + timedelta(days=8)) == 1
    assert list(place.iterdir()) == []
    assert copies.prune(tmp_path / "nowhere") == 0


def test_a_copy_that_is_too_old_or_damaged_is_refused(key, said, tmp_path):
    given.a_case()
    copies.copy(tmp_path, said.append)
    (path,) = tmp_path.glob("salts-*")
    manifest = json.loads((path / "manifest.json").read_text())
    manifest["made_at"] = "2020-01-01T00:00:00+00:00"
    (path / "manifest.json").write_text(json.dumps(manifest))
    assert copies.restore(path, key, said.append) == 1
    assert "older than seven days" in said[-1]
    (home() / "secrets" / vessel.PUBLIC).unlink()
    assert copies.copy(tmp_path, said.append) == 1
