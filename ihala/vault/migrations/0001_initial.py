"""Public keys, grants and deposits; and the question the release door asks of a referral."""

from django.db import migrations, models

MAY_RELEASE = """
CREATE FUNCTION ihala_may_release(subject uuid, receiver bigint) RETURNS boolean STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = pg_catalog AS $$ SELECT false $$;
REVOKE ALL ON FUNCTION ihala_may_release(uuid, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ihala_may_release(uuid, bigint) TO ihala_app;
"""
"""Nothing is released until the app that knows referrals replaces this function by one that reads their state."""


class Migration(migrations.Migration):
    initial = True

    dependencies = [("core", "0001_who_acts")]

    operations = [
        migrations.CreateModel(
            name="Deposit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "subject_kind",
                    models.CharField(
                        choices=[
                            ("case", "Case"),
                            ("person", "Person in a case"),
                            ("referral", "Disclosure package of a referral"),
                            ("thread", "Exchange between the two sides of a referral"),
                            ("side", "What one side of a referral keeps to itself"),
                        ],
                        max_length=16,
                    ),
                ),
                ("subject_id", models.UUIDField()),
                ("root_id", models.UUIDField()),
                (
                    "disclosure_class",
                    models.CharField(
                        choices=[
                            ("triage", "Triage"),
                            ("identity", "Identity"),
                            ("narrative", "Narrative"),
                            ("safety", "Safety"),
                            ("clinical", "Clinical"),
                            ("attachments", "Attachments"),
                        ],
                        max_length=16,
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                ("author_organisation_id", models.BigIntegerField()),
                ("key_version", models.PositiveIntegerField()),
                (
                    "basis_kind",
                    models.CharField(
                        choices=[
                            ("own", "Own content"),
                            ("agreement", "Agreement"),
                            ("consent", "Consent"),
                            ("guardian_consent", "Guardian's consent"),
                            ("child_protection_duty", "Child-protection duty"),
                            ("trafficking_protection", "Trafficking protection"),
                            ("vital_interest", "Vital interest"),
                            ("court_order", "Court order"),
                        ],
                        max_length=32,
                    ),
                ),
                ("basis_id", models.UUIDField(null=True)),
                ("expires_at", models.DateTimeField(null=True)),
                ("wrapped_secret", models.BinaryField()),
                ("created_at", models.DateTimeField()),
                ("receiver_id", models.BigIntegerField()),
            ],
            options={
                "verbose_name": "deposit",
                "indexes": [models.Index(fields=["basis_id"], name="deposits_of_a_basis")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=(
                            "subject_id",
                            "receiver_id",
                            "disclosure_class",
                            "version",
                            "author_organisation_id",
                            "subject_kind",
                        ),
                        name="one_deposit_per_receiver",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("basis_kind", "own"), _negated=True), ("basis_id__isnull", False)
                        ),
                        name="deposit_rests_on_a_basis",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Grant",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "subject_kind",
                    models.CharField(
                        choices=[
                            ("case", "Case"),
                            ("person", "Person in a case"),
                            ("referral", "Disclosure package of a referral"),
                            ("thread", "Exchange between the two sides of a referral"),
                            ("side", "What one side of a referral keeps to itself"),
                        ],
                        max_length=16,
                    ),
                ),
                ("subject_id", models.UUIDField()),
                ("root_id", models.UUIDField()),
                (
                    "disclosure_class",
                    models.CharField(
                        choices=[
                            ("triage", "Triage"),
                            ("identity", "Identity"),
                            ("narrative", "Narrative"),
                            ("safety", "Safety"),
                            ("clinical", "Clinical"),
                            ("attachments", "Attachments"),
                        ],
                        max_length=16,
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                ("author_organisation_id", models.BigIntegerField()),
                ("key_version", models.PositiveIntegerField()),
                (
                    "basis_kind",
                    models.CharField(
                        choices=[
                            ("own", "Own content"),
                            ("agreement", "Agreement"),
                            ("consent", "Consent"),
                            ("guardian_consent", "Guardian's consent"),
                            ("child_protection_duty", "Child-protection duty"),
                            ("trafficking_protection", "Trafficking protection"),
                            ("vital_interest", "Vital interest"),
                            ("court_order", "Court order"),
                        ],
                        max_length=32,
                    ),
                ),
                ("basis_id", models.UUIDField(null=True)),
                ("expires_at", models.DateTimeField(null=True)),
                ("wrapped_secret", models.BinaryField()),
                ("created_at", models.DateTimeField()),
                ("organisation_id", models.BigIntegerField()),
            ],
            options={
                "verbose_name": "grant",
                "indexes": [models.Index(fields=["basis_id"], name="grants_of_a_basis")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=(
                            "subject_id",
                            "organisation_id",
                            "disclosure_class",
                            "version",
                            "author_organisation_id",
                            "subject_kind",
                        ),
                        name="one_grant_per_holder",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("basis_kind", "own"), ("organisation_id", models.F("author_organisation_id"))
                            ),
                            models.Q(
                                models.Q(("basis_kind", "own"), _negated=True), ("basis_id__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="grant_rests_on_a_basis",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OrganisationKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("organisation_id", models.BigIntegerField()),
                ("version", models.PositiveIntegerField(default=1)),
                ("public_key", models.BinaryField()),
                ("created_at", models.DateTimeField()),
                ("retired_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "organisation key",
                "constraints": [
                    models.UniqueConstraint(fields=("organisation_id", "version"), name="one_key_per_version")
                ],
            },
        ),
        migrations.RunSQL(MAY_RELEASE, "DROP FUNCTION ihala_may_release(uuid, bigint)"),
    ]
