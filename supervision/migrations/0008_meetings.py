import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_discipline_role"),
        ("approvals", "0006_mandates"),
        ("projects", "0003_number_series_names"),
        ("supervision", "0007_visits"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AgreedItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("title", models.CharField(max_length=120, verbose_name="agreed item")),
                ("text", models.TextField(blank=True, verbose_name="details")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="to be done by")),
                (
                    "department",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.department",
                    ),
                ),
                (
                    "matter",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agreed_item",
                        to="supervision.matter",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agreed_items",
                        to="projects.project",
                    ),
                ),
                (
                    "ticket",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agreed_item",
                        to="approvals.ticket",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.division"
                    ),
                ),
            ],
            options={
                "verbose_name": "agreed item",
                "ordering": ["meeting", "position"],
            },
        ),
        migrations.CreateModel(
            name="UnitMeeting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("joint", "joint meeting"),
                            ("talk", "government–company talk"),
                            ("symposium", "symposium"),
                            ("problem", "problem meeting over projects"),
                            ("review", "joint review meeting"),
                            ("onsite", "meeting on site"),
                            ("study", "study of how projects land"),
                            ("land", "meeting on land"),
                            ("finance", "meeting on finance"),
                            ("training", "training"),
                            ("other", "other meeting"),
                        ],
                        max_length=12,
                        verbose_name="kind of meeting",
                    ),
                ),
                ("subject", models.CharField(max_length=120, verbose_name="what about")),
                ("meets_at", models.DateTimeField(verbose_name="begins")),
                ("ends_at", models.DateTimeField(blank=True, null=True, verbose_name="ends")),
                ("place", models.CharField(max_length=120, verbose_name="place")),
                ("agenda", models.TextField(blank=True, verbose_name="agenda")),
                (
                    "state",
                    models.CharField(
                        choices=[("called", "called"), ("held", "held"), ("cancelled", "cancelled")],
                        default="called",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("turn", models.PositiveIntegerField(default=1, editable=False)),
                ("sequence", models.PositiveIntegerField(default=0, editable=False)),
                ("called_at", models.DateTimeField(verbose_name="called")),
                ("changed_at", models.DateTimeField()),
                (
                    "cancel_reason",
                    models.CharField(blank=True, max_length=300, verbose_name="why it was called off"),
                ),
                ("chair", models.CharField(blank=True, max_length=60, verbose_name="chaired by")),
                ("minutes", models.TextField(blank=True, verbose_name="minutes")),
                ("number", models.CharField(blank=True, max_length=40, verbose_name="number of the minutes")),
                ("counted", models.JSONField(blank=True, default=list)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("province_code", models.CharField(editable=False, max_length=12)),
                ("city_code", models.CharField(blank=True, editable=False, max_length=12)),
                ("county_code", models.CharField(blank=True, editable=False, max_length=12)),
                (
                    "called_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "projects",
                    models.ManyToManyField(blank=True, related_name="unit_meetings", to="projects.project"),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.division"
                    ),
                ),
            ],
            options={
                "verbose_name": "meeting of a unit",
                "verbose_name_plural": "meetings of units",
                "ordering": ["-meets_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="MeetingInvitee",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("unit", "unit"),
                            ("department", "department"),
                            ("person", "person"),
                            ("company", "company or other guest"),
                        ],
                        max_length=12,
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                (
                    "attendance",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("present", "present"),
                            ("late", "came late"),
                            ("absent", "absent"),
                            ("excused", "on leave"),
                        ],
                        max_length=10,
                    ),
                ),
                ("who_came", models.CharField(blank=True, max_length=120)),
                (
                    "department",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.department",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="meeting_invitations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.division",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invitees",
                        to="supervision.unitmeeting",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="MeetingFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=130)),
                ("path", models.CharField(max_length=200)),
                ("content_type", models.CharField(max_length=100)),
                ("size", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="supervision.unitmeeting",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="MeetingChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="reason")),
                ("was_at", models.DateTimeField()),
                ("now_at", models.DateTimeField()),
                ("was_place", models.CharField(max_length=120)),
                ("now_place", models.CharField(max_length=120)),
                ("by_name", models.CharField(max_length=60)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="changes",
                        to="supervision.unitmeeting",
                    ),
                ),
            ],
            options={
                "ordering": ["at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="CarriedItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("state_then", models.CharField(max_length=60)),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="what was said about it")),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="carried",
                        to="supervision.agreeditem",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="carried",
                        to="supervision.unitmeeting",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.AddField(
            model_name="agreeditem",
            name="meeting",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="items",
                to="supervision.unitmeeting",
            ),
        ),
        migrations.CreateModel(
            name="FeedToken",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "digest",
                    models.CharField(
                        editable=False, help_text="SHA-256 of the token", max_length=64, unique=True
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="made")),
                ("last_used_at", models.DateTimeField(blank=True, null=True, verbose_name="last used")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="revoked")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calendar_feeds",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "calendar address",
                "ordering": ["-created_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at", None)),
                        fields=("user",),
                        name="feed_token_one_in_use",
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="unitmeeting",
            index=models.Index(fields=["unit", "-meets_at"], name="unit_meeting_unit"),
        ),
        migrations.AddIndex(
            model_name="unitmeeting",
            index=models.Index(fields=["city_code", "meets_at"], name="unit_meeting_city"),
        ),
        migrations.AddIndex(
            model_name="unitmeeting",
            index=models.Index(fields=["county_code", "meets_at"], name="unit_meeting_county"),
        ),
        migrations.AddConstraint(
            model_name="unitmeeting",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["called", "held", "cancelled"])),
                name="unit_meeting_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="unitmeeting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "joint",
                            "talk",
                            "symposium",
                            "problem",
                            "review",
                            "onsite",
                            "study",
                            "land",
                            "finance",
                            "training",
                            "other",
                        ],
                    )
                ),
                name="unit_meeting_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="unitmeeting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at", None), ("state", "called")),
                    models.Q(models.Q(("state", "called"), _negated=True), ("closed_at__isnull", False)),
                    _connector="OR",
                ),
                name="unit_meeting_closed_has_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="unitmeeting",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at", None), ("ends_at__gt", models.F("meets_at")), _connector="OR"),
                name="unit_meeting_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="unitmeeting",
            constraint=models.UniqueConstraint(
                condition=models.Q(("number", ""), _negated=True),
                fields=("unit", "number"),
                name="unit_meeting_number_once",
            ),
        ),
        migrations.AddIndex(
            model_name="meetinginvitee",
            index=models.Index(fields=["unit"], name="meeting_invitee_unit"),
        ),
        migrations.AddIndex(
            model_name="meetinginvitee",
            index=models.Index(fields=["department"], name="meeting_invitee_department"),
        ),
        migrations.AddConstraint(
            model_name="meetinginvitee",
            constraint=models.UniqueConstraint(
                fields=("meeting", "kind", "name"), name="meeting_invitee_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="meetinginvitee",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("attendance", ""),
                    ("attendance__in", ["present", "late", "absent", "excused"]),
                    _connector="OR",
                ),
                name="meeting_invitee_attendance_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="carrieditem",
            constraint=models.UniqueConstraint(fields=("meeting", "item"), name="carried_item_once"),
        ),
        migrations.AddConstraint(
            model_name="agreeditem",
            constraint=models.UniqueConstraint(fields=("meeting", "position"), name="agreed_item_position"),
        ),
        migrations.AddConstraint(
            model_name="agreeditem",
            constraint=models.CheckConstraint(
                condition=models.Q(("matter", None), ("ticket", None), _connector="OR"),
                name="agreed_item_one_road",
            ),
        ),
    ]
