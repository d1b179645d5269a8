"""Row-level security of referrals, and the moves each side may make in the shared row.

The sender always, the receiver only once `sent_at` is set. A child row is reached only through its referral: the
subquery on the referral is itself subject to the referral's policy.
"""

from django.db import migrations

from ihala.core.rls import MINE, protect

ME = "(SELECT ihala_organisation())"
SHARED = f"(sender_id = {ME} OR (receiver_id = {ME} AND sent_at IS NOT NULL))"


def _child(table: str) -> str:
    return f'EXISTS (SELECT 1 FROM referrals_referral r WHERE r.id = "{table}".referral_id)'  # noqa: S608


def _of_the_sender(table: str) -> str:
    return f'EXISTS (SELECT 1 FROM referrals_referral r WHERE r.id = "{table}".referral_id AND r.sender_id = {ME})'  # noqa: S608


STEP = "referrals_steptaken"
TASK = "referrals_destructiontask"
PARTY = (
    f'EXISTS (SELECT 1 FROM referrals_referral r WHERE r.id = "{TASK}".referral_id '  # noqa: S608
    f"AND {TASK}.organisation_id IN (r.sender_id, r.receiver_id))"
)


class Migration(migrations.Migration):
    dependencies = [("referrals", "0001_initial"), ("core", "0001_who_acts")]
    operations = [
        protect(
            "referrals_referral",
            select=SHARED,
            insert=f"sender_id = {ME} AND sent_at IS NULL",
            update=SHARED,
            delete=f"sender_id = {ME} AND state = 'draft' AND sent_at IS NULL",
        ),
        protect(
            "referrals_referralside",
            insert=f"{MINE} AND {_child('referrals_referralside')}",
            update=MINE,
            delete=MINE,
        ),
        protect("referrals_siderecord", insert=f"{MINE} AND {_child('referrals_siderecord')}", delete=MINE),
        protect(
            "referrals_packagepart",
            select=_child("referrals_packagepart"),
            insert=f"{MINE} AND {_of_the_sender('referrals_packagepart')}",
            delete=MINE,
        ),
        protect("referrals_receipt", select=_child("referrals_receipt"), insert=_child("referrals_receipt")),
        protect(
            STEP,
            select=f"{_child(STEP)} AND (private_to_id IS NULL OR private_to_id = {ME})",
            insert=f"{MINE} AND {_child(STEP)} AND (private_to_id IS NULL OR private_to_id = {ME})",
            delete=MINE,
        ),
        *(
            protect(table, select=_child(table), insert=f"{MINE} AND {_child(table)}")
            for table in ("referrals_message", "referrals_handoverplan", "referrals_report")
        ),
        protect(TASK, select=f"{MINE} OR {_of_the_sender(TASK)}", insert=PARTY, update=MINE),
    ]
