"""`ihala intake FILE… --as USER` acts as that person and exits 1 if any file was refused."""

import io
import shutil

import pytest

from ihala.cases.models import Case
from ihala.core.acting import acting
from ihala.organisations.actions import deactivate
from ihala.referrals.intake import run_command
from ihala.referrals.models import Referral

from . import paper

AMANS = [str(path) for path in paper.GOOD if paper.read(path)["from"] == "aman"]


def run(paths, user="aman.caseworker"):
    out = io.StringIO()
    return run_command([str(path) for path in paths], user, out), out.getvalue()


def test_good_files_are_imported_and_the_status_is_0(parties):
    status, told = run(AMANS, "Aman.Caseworker ")
    assert status == 0
    with acting(parties["aman"].caseworker):
        references = [
            *Case.objects.values_list("reference", flat=True),
            *Referral.objects.values_list("reference", flat=True),
        ]
    assert len(references) == 2 * len(AMANS) and all(reference in told for reference in references)
    assert "تم" in told or "imported" in told
    assert "$.survivor.documents[0].number  [check_digit]" in told


def test_the_same_files_again_are_known(parties):
    run(AMANS[:1])
    status, told = run(AMANS[:1])
    assert status == 0 and "known already" in told


def test_one_refused_file_makes_the_status_1_and_the_others_are_imported(parties):
    status, told = run([paper.MALFORMED, AMANS[0], paper.EXPIRED])
    assert status == 1
    for path in ("$.urgency", "$.category", "$.survivor.birth", "$.survivor.phones", "$.consent.until"):
        assert f"  {path}  [" in told
    assert "This value is missing." in told
    with acting(parties["aman"].caseworker):
        assert Case.objects.count() == 1


def test_what_was_kept_as_a_note_is_told_by_its_place_and_not_by_its_value(parties, tmp_path):
    path = tmp_path / "form.json"
    path.write_text(
        paper.GOOD[0].read_text("utf-8").replace('"danger"', '"shoe": "38-secret", "danger"'), "utf-8"
    )
    status, told = run([path])
    assert status == 0 and "$.shoe: " in told and "38-secret" not in told


@pytest.mark.parametrize("place", ["missing.json", "."])
def test_a_file_that_cannot_be_read_is_refused(parties, tmp_path, place):
    status, told = run([tmp_path / place])
    assert status == 1 and "$  [unreadable]" in told


def test_ten_megabytes_are_refused_without_reading_them(parties, tmp_path):
    path = tmp_path / "large.json"
    with path.open("wb") as file:
        file.truncate(10 * 1024 * 1024)
    status, told = run([path])
    assert status == 1 and "$  [too_large]" in told


@pytest.mark.parametrize("user", ["nobody", "aman.director", ""])
def test_who_does_not_import_is_told_so(parties, user):
    status, told = run(AMANS, user)
    assert status == 1 and "There is no staff member" in told
    with acting(parties["aman"].caseworker):
        assert not Case.objects.exists()


def test_who_has_left_does_not_import(parties):
    aman = parties["aman"]
    with acting(aman.admin):
        deactivate(aman.members["caseworker"], by=aman.admin)
    assert run(AMANS)[0] == 1


def test_a_file_of_another_organisation_is_refused(parties, tmp_path):
    copy = shutil.copy(paper.GOOD[1], tmp_path / "theirs.json")
    status, told = run([copy])
    assert status == 1 and "$.from  [not_own_organisation]" in told


def test_standard_output_is_where_it_is_told(parties, capsys):
    run_command(AMANS[:1], "aman.caseworker")
    assert AMANS[0] in capsys.readouterr().out
