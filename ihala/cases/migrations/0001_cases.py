"""Cases, the people in them, who may open them, notes and forms being typed."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

import ihala.core.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("organisations", "0003_terms_are_never_changed"),
    ]

    operations = [
        migrations.CreateModel(
            name="Case",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("reference", models.CharField(max_length=11, unique=True)),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("human_trafficking", "Human trafficking"),
                            ("domestic_violence", "Domestic violence"),
                            ("child_abuse", "Child abuse"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("expected", "Expected"), ("open", "Open"), ("closed", "Closed")],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("paper_reference", models.CharField(blank=True, max_length=60, null=True)),
                ("opened_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "close_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("need_met", "Need met"),
                            ("care_passed", "Care passed to another organisation"),
                            ("left", "The survivor left the service"),
                            ("lost_contact", "Lost contact"),
                            ("duplicate", "Duplicate"),
                        ],
                        default="",
                        max_length=20,
                    ),
                ),
                ("version", models.PositiveIntegerField(default=0)),
                ("triage", ihala.core.models.SealedField(null=True)),
                ("identity", ihala.core.models.SealedField(null=True)),
                ("narrative", ihala.core.models.SealedField(null=True)),
                ("safety", ihala.core.models.SealedField(null=True)),
                ("clinical", ihala.core.models.SealedField(null=True)),
                (
                    "changed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.membership",
                    ),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.membership",
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.membership",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Access",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("caseworker", "Caseworker"),
                            ("supervisor", "Supervisor"),
                            ("duty_officer", "Duty officer"),
                            ("practitioner", "Practitioner"),
                            ("director", "Director"),
                            ("dpo", "Data protection officer"),
                            ("administrator", "Administrator"),
                            ("coordinator", "Partnership coordinator"),
                        ],
                        max_length=20,
                        null=True,
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("author", "Opened the case"),
                            ("works_on_it", "Works on the case"),
                            ("covers", "Covers for a colleague"),
                            ("supervises", "Supervises the case"),
                            ("service", "Gives a service in the case"),
                            ("referral", "A referral asks for it"),
                            ("assigned", "Was given the referral"),
                        ],
                        max_length=20,
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "closed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.membership",
                    ),
                ),
                (
                    "membership",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.membership",
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.membership",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="accesses", to="cases.case"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CaseNote",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("written_at", models.DateTimeField()),
                ("body", ihala.core.models.SealedField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="notes", to="cases.case"
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.membership",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FormDraft",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("user_id", models.BigIntegerField()),
                ("based_on", models.PositiveIntegerField(default=0)),
                ("saved_at", models.DateTimeField()),
                ("payload", ihala.core.models.SealedField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="cases.case",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("survivor", "Survivor"),
                            ("companion", "Companion"),
                            ("person_of_concern", "Person of concern"),
                        ],
                        max_length=20,
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "sex",
                    models.CharField(
                        choices=[("female", "Female"), ("male", "Male"), ("unknown", "Unknown")],
                        default="unknown",
                        max_length=10,
                    ),
                ),
                (
                    "age_band",
                    models.CharField(
                        choices=[
                            ("0-1", "Under 2"),
                            ("2-4", "2 to 4"),
                            ("5-11", "5 to 11"),
                            ("12-17", "12 to 17"),
                            ("18-59", "18 to 59"),
                            ("60+", "60 and over"),
                            ("unknown", "Age unknown"),
                        ],
                        default="unknown",
                        max_length=10,
                    ),
                ),
                ("triage", ihala.core.models.SealedField(null=True)),
                ("identity", ihala.core.models.SealedField(null=True)),
                ("safety", ihala.core.models.SealedField(null=True)),
                ("clinical", ihala.core.models.SealedField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="people", to="cases.case"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["organisation", "-changed_at", "-id"], name="case_list"),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(
                fields=("organisation", "paper_reference"), name="case_paper_reference_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state", "closed"),
                        ("closed_at__isnull", False),
                        models.Q(("close_reason", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("state", "closed"), _negated=True),
                        ("closed_at__isnull", True),
                        ("close_reason", ""),
                    ),
                    _connector="OR",
                ),
                name="case_closed_when_and_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("closed_by__isnull", True), ("closed_at__isnull", False), _connector="OR"
                ),
                name="case_closed_by_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "expected"), _negated=True), ("version", 0), _connector="OR"
                ),
                name="case_expected_is_empty",
            ),
        ),
        migrations.AddIndex(
            model_name="access",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", True)),
                fields=["membership"],
                name="access_open_person",
            ),
        ),
        migrations.AddIndex(
            model_name="access",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", True)), fields=["role"], name="access_open_role"
            ),
        ),
        migrations.AddConstraint(
            model_name="access",
            constraint=models.CheckConstraint(
                condition=models.Q(("membership__isnull", True), ("role__isnull", True), _connector="XOR"),
                name="access_person_or_role",
            ),
        ),
        migrations.AddConstraint(
            model_name="access",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("closed_by__isnull", True), ("closed_at__isnull", False), _connector="OR"
                ),
                name="access_closed_by_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="access",
            constraint=models.UniqueConstraint(
                condition=models.Q(("closed_at__isnull", True)),
                fields=("case", "membership"),
                name="access_person_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="access",
            constraint=models.UniqueConstraint(
                condition=models.Q(("closed_at__isnull", True)),
                fields=("case", "role"),
                name="access_role_once",
            ),
        ),
        migrations.AddIndex(
            model_name="casenote",
            index=models.Index(fields=["case", "-written_at"], name="note_list"),
        ),
        migrations.AddConstraint(
            model_name="casenote",
            constraint=models.CheckConstraint(
                condition=models.Q(("body__isnull", False)), name="note_has_body"
            ),
        ),
        migrations.AddConstraint(
            model_name="formdraft",
            constraint=models.UniqueConstraint(
                fields=("user_id", "case"), name="draft_one_per_form", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="formdraft",
            constraint=models.CheckConstraint(
                condition=models.Q(("payload__isnull", False)), name="draft_has_payload"
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.UniqueConstraint(
                fields=("case", "role", "position"), name="person_place_in_case"
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("role", "survivor"), _negated=True), ("position", 0), _connector="OR"
                ),
                name="person_one_survivor_per_case",
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("role", "person_of_concern"), _negated=True),
                    models.Q(
                        ("clinical__isnull", True), ("identity__isnull", True), ("triage__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="person_of_concern_is_safety",
            ),
        ),
    ]
