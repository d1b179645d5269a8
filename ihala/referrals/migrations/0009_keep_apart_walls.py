"""The walls around comparing: a deposit is written by the sender and opens to nobody; the answer is the receiver's."""

from django.db import migrations

from ihala.core.rls import MINE, protect

ME = "(SELECT ihala_organisation())"
DEPOSIT, COMPARISON = "referrals_personsdeposit", "referrals_comparison"


def _of(table: str, side: str) -> str:
    return f'EXISTS (SELECT 1 FROM referrals_referral r WHERE r.id = "{table}".referral_id AND {side})'  # noqa: S608


class Migration(migrations.Migration):
    dependencies = [("referrals", "0008_keep_apart"), ("core", "0001_who_acts")]
    operations = [
        protect(
            DEPOSIT,
            select=_of(DEPOSIT, "true"),
            insert=f"{MINE} AND {_of(DEPOSIT, f'r.sender_id = {ME}')}",
            delete=MINE,
        ),
        protect(COMPARISON, insert=f"{MINE} AND {_of(COMPARISON, f'r.receiver_id = {ME}')}"),
    ]
