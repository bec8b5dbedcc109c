"""What the published documents say, as rows to select and count. All computed: `projections`."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from governance.acts import CONSENT
from kb.models import Entry
from kb.models.projected import DatedQuerySet, DatedRow, StatementRow


def date_indexes(table: str, *dates: str) -> list[models.Index]:
    """For each date an index on either end of it, of the rows that have it."""
    return [
        models.Index(
            fields=[f"{date}_{end}", "entry"],
            name=f"{table}_{date}_{end}",
            condition=Q(**{f"{date}_{end}__isnull": False}),
        )
        for date in dates
        for end in ("earliest", "latest")
    ]


class EntryRow(models.Model):
    """The fields of one entry by which it is selected and counted. A date keeps both its ends."""

    entry = models.OneToOneField(
        Entry, primary_key=True, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )

    class Meta:
        abstract = True


class Proposal(EntryRow):
    form = models.CharField(max_length=40)
    stage = models.CharField(max_length=40)
    scope = models.CharField(max_length=40)
    binding = models.CharField(max_length=40)
    proposed_earliest = models.DateField(null=True)
    proposed_latest = models.DateField(null=True)

    class Meta:
        indexes = date_indexes("proposal", "proposed")

    def __str__(self) -> str:
        return f"proposal {self.pk}"


class Actor(EntryRow):
    type = models.CharField(max_length=40)
    country = models.CharField(max_length=10)
    founded_earliest = models.DateField(null=True)
    founded_latest = models.DateField(null=True)
    dissolved_earliest = models.DateField(null=True)
    dissolved_latest = models.DateField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["country", "type"], name="actor_of_country"),
            *date_indexes("actor", "founded", "dissolved"),
        ]

    def __str__(self) -> str:
        return f"actor {self.pk}"


class Body(EntryRow):
    type = models.CharField(max_length=40)
    status = models.CharField(max_length=40)
    country = models.CharField(max_length=10)
    founded_earliest = models.DateField(null=True)
    founded_latest = models.DateField(null=True)
    dissolved_earliest = models.DateField(null=True)
    dissolved_latest = models.DateField(null=True)

    class Meta:
        indexes = date_indexes("body", "founded", "dissolved")

    def __str__(self) -> str:
        return f"body {self.pk}"


class Instrument(EntryRow):
    type = models.CharField(max_length=40)
    binding = models.CharField(max_length=40)
    status = models.CharField(max_length=40)
    jurisdiction = models.CharField(max_length=20)
    adopted_earliest = models.DateField(null=True)
    adopted_latest = models.DateField(null=True)
    in_force_earliest = models.DateField(null=True)
    in_force_latest = models.DateField(null=True)
    ended_earliest = models.DateField(null=True)
    ended_latest = models.DateField(null=True)

    class Meta:
        indexes = date_indexes("instrument", "adopted", "in_force", "ended")

    def __str__(self) -> str:
        return f"instrument {self.pk}"


class Event(EntryRow):
    type = models.CharField(max_length=40)
    country = models.CharField(max_length=10)
    start_earliest = models.DateField(null=True)
    start_latest = models.DateField(null=True)
    end_earliest = models.DateField(null=True)
    end_latest = models.DateField(null=True)

    class Meta:
        indexes = date_indexes("event", "start", "end")

    def __str__(self) -> str:
        return f"event {self.pk}"


class Source(EntryRow):
    type = models.CharField(max_length=40)
    publisher = models.TextField()
    language = models.TextField()
    issued_earliest = models.DateField(null=True)
    issued_latest = models.DateField(null=True)
    accessed_earliest = models.DateField(null=True)
    accessed_latest = models.DateField(null=True)

    class Meta:
        indexes = date_indexes("source", "issued", "accessed")

    def __str__(self) -> str:
        return f"source {self.pk}"


class MembershipQuerySet(DatedQuerySet["Membership"]):
    def without_end(self) -> Self:
        """Memberships that, as far as we know, still last."""
        return self.filter(possible__upper_inf=True)

    def in_role(self, *roles: str) -> Self:
        return self.filter(role__in=roles)

    def in_order(self) -> Self:
        """As the documents list them, body by body."""
        return self.order_by("entry", "ordinal")


class Membership(DatedRow):
    """`entry`, a body, has `actor` as a member, in a role. `certain`, `possible`: when."""

    actor = models.ForeignKey(
        Entry, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    role = models.CharField(max_length=40)
    begin_text = models.CharField(max_length=10)
    end_text = models.CharField(max_length=10)

    objects = MembershipQuerySet.as_manager()

    class Meta(DatedRow.Meta):
        indexes = [
            *DatedRow.Meta.indexes,
            models.Index(fields=["actor", "entry", "ordinal"], name="membership_of_actor"),
        ]

    def __str__(self) -> str:
        return f"membership {self.statement} of {self.entry_id}"


class PositionQuerySet(DatedQuerySet["Position"]):
    def current(self) -> Self:
        """Where actors stand now: one position of each on each proposal."""
        return self.filter(is_current=True)

    def newest_first(self) -> Self:
        """By date, undated ones last; then as the documents list them, the last first."""
        newest = F("dated_earliest").desc(nulls_last=True)
        return self.order_by(newest, F("dated_latest").desc(nulls_last=True), "entry", "-ordinal")

    def in_order(self) -> Self:
        """As the documents list them, proposal by proposal."""
        return self.order_by("entry", "ordinal")


class Position(DatedRow):
    """`actor` takes a stance on `entry`, a proposal. It holds until the actor takes a newer one."""

    actor = models.ForeignKey(
        Entry, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    stance = models.CharField(max_length=40)
    is_current = models.BooleanField()
    reported_by = models.ForeignKey(
        Entry,
        null=True,
        on_delete=models.CASCADE,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    dated_earliest = models.DateField(null=True)
    dated_latest = models.DateField(null=True)

    objects = PositionQuerySet.as_manager()

    class Meta(DatedRow.Meta):
        indexes = [
            *DatedRow.Meta.indexes,
            models.Index(fields=["actor", "entry", "ordinal"], name="position_of_actor"),
            models.Index(
                fields=["dated_earliest", "entry", "ordinal"],
                name="position_date",
                condition=Q(dated_earliest__isnull=False),
            ),
            models.Index(
                fields=["stance", "entry"],
                name="position_by_stance",
                condition=Q(is_current=True),
            ),
        ]

    def __str__(self) -> str:
        return f"position {self.statement} on {self.entry_id}"


class ParticipationQuerySet(DatedQuerySet["Participation"]):
    def bound(self) -> Self:
        """Acts of consent to be bound: ratified, acceded and their like."""
        return self.filter(action__in=CONSENT)

    def with_action(self, *actions: str) -> Self:
        return self.filter(action__in=actions)

    def without_end(self) -> Self:
        """Acts that, as far as we know, still hold."""
        return self.filter(possible__upper_inf=True)

    def in_order(self) -> Self:
        """As the documents list them, instrument by instrument."""
        return self.order_by("entry", "ordinal")


class Participation(DatedRow):
    """`actor` did something about `entry`, an instrument: signed, ratified, voted, withdrew.

    `certain` and `possible`: when it held, until the actor left or, having left, came back.
    """

    actor = models.ForeignKey(
        Entry, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    action = models.CharField(max_length=40)
    dated_earliest = models.DateField(null=True)
    dated_latest = models.DateField(null=True)

    objects = ParticipationQuerySet.as_manager()

    class Meta(DatedRow.Meta):
        indexes = [
            *DatedRow.Meta.indexes,
            models.Index(fields=["actor", "entry", "ordinal"], name="participation_of_actor"),
            models.Index(
                fields=["dated_earliest", "entry", "ordinal"],
                name="participation_date",
                condition=Q(dated_earliest__isnull=False),
            ),
            models.Index(fields=["action", "entry"], name="participation_by_action"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.statement} in {self.entry_id}"


class LinkQuerySet(DatedQuerySet["Link"]):
    def of_relation(self, *relations: str) -> Self:
        return self.filter(relation__in=relations)

    def in_order(self) -> Self:
        """As the documents list them, entry by entry."""
        return self.order_by("entry", "ordinal")


class Link(DatedRow):
    """`entry` has a relation to `target`."""

    relation = models.CharField(max_length=40)
    target = models.ForeignKey(
        Entry, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )

    objects = LinkQuerySet.as_manager()

    class Meta(DatedRow.Meta):
        indexes = [
            *DatedRow.Meta.indexes,
            models.Index(fields=["target", "relation", "entry"], name="link_to_target"),
            models.Index(fields=["relation", "entry"], name="link_by_relation"),
        ]

    def __str__(self) -> str:
        return f"{self.relation} from {self.entry_id} to {self.target_id}"


class Voices(EntryRow):
    """Where every actor stands on `entry`, a proposal or an instrument, through time.

    `stretches`: packed, so that hundreds of thousands can be read at once: see
    `governance.projections.voices`.
    """

    stretches = models.BinaryField()

    def __str__(self) -> str:
        return f"voices on {self.pk}"


class Argument(StatementRow):
    """A claim for or against `entry`, a proposal. `answers`: the argument it answers, or ""."""

    side = models.CharField(max_length=10)
    answers = models.CharField(max_length=40)

    def __str__(self) -> str:
        return f"argument {self.statement} {self.side} {self.entry_id}"


class Figure(StatementRow):
    """A number about `entry`, for a year or a period, whose first and last day are kept."""

    metric = models.CharField(max_length=40)
    year = models.IntegerField(null=True)
    dated_earliest = models.DateField()
    dated_latest = models.DateField()
    value = models.FloatField()
    unit = models.CharField(max_length=20)
    is_approximate = models.BooleanField()

    def __str__(self) -> str:
        return f"{self.metric} of {self.entry_id}"


class Milestone(StatementRow):
    """What happened to `entry`, and when."""

    dated_earliest = models.DateField()
    dated_latest = models.DateField()
    title = models.TextField()

    class Meta:
        indexes = [
            models.Index(fields=["dated_earliest", "entry", "ordinal"], name="milestone_date")
        ]

    def __str__(self) -> str:
        return self.title
