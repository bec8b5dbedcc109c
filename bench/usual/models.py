"""The same documents in tables of their own, as an application would usually keep them."""

from django.db import models


class Term(models.Model):
    """A topic or function."""

    value = models.CharField(max_length=60, unique=True)
    label = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.label


class Entry(models.Model):
    """Anything there is a document of; fields that its kind lacks stay empty."""

    key = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=500)
    aliases = models.JSONField(default=list)
    summary = models.TextField(default="")
    description = models.TextField(default="")
    website = models.TextField(default="")
    identifiers = models.JSONField(default=dict)
    topics = models.ManyToManyField(Term, related_name="+")
    functions = models.ManyToManyField(Term, related_name="+")
    type = models.CharField(max_length=40, default="")
    status = models.CharField(max_length=40, default="")
    form = models.CharField(max_length=40, default="")
    stage = models.CharField(max_length=40, default="")
    scope = models.CharField(max_length=40, default="")
    binding = models.CharField(max_length=40, default="")
    country = models.CharField(max_length=10, default="")
    jurisdiction = models.CharField(max_length=20, default="")
    language = models.CharField(max_length=40, default="")
    publisher = models.CharField(max_length=200, default="")
    container = models.CharField(max_length=200, default="")
    authors = models.JSONField(default=list)
    url = models.TextField(default="")
    doi = models.CharField(max_length=200, default="")
    text_url = models.TextField(default="")
    seat = models.JSONField(null=True)
    place = models.JSONField(null=True)
    vote = models.JSONField(null=True)
    founded = models.CharField(max_length=10, default="")
    dissolved = models.CharField(max_length=10, default="")
    proposed = models.CharField(max_length=10, default="")
    adopted = models.CharField(max_length=10, default="")
    in_force = models.CharField(max_length=10, default="")
    ended = models.CharField(max_length=10, default="")
    start = models.CharField(max_length=10, default="")
    end = models.CharField(max_length=10, default="")
    issued = models.CharField(max_length=10, default="")
    accessed = models.CharField(max_length=10, default="")
    organisers = models.ManyToManyField("self", symmetrical=False, related_name="+")
    participants = models.ManyToManyField("self", symmetrical=False, related_name="+")
    outcomes = models.ManyToManyField("self", symmetrical=False, related_name="+")
    issued_by = models.ManyToManyField("self", symmetrical=False, related_name="+")
    cites: "models.ManyToManyField[Citation, models.Model]" = models.ManyToManyField(
        "Citation", related_name="+"
    )

    class Meta:
        indexes = [
            models.Index(fields=["kind", "name", "key"], name="usual_entry_by_kind"),
            models.Index(fields=["name", "key"], name="usual_entry_by_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Citation(models.Model):
    """A place in a source."""

    source = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="+")
    locator = models.CharField(max_length=100, default="")
    quote = models.TextField(default="")

    def __str__(self) -> str:
        return f"{self.source} {self.locator}"


class Statement(models.Model):
    """Base of all rows of an entry."""

    statement = models.CharField(max_length=40, default="")
    ordinal = models.PositiveIntegerField()
    cites: "models.ManyToManyField[Citation, models.Model]" = models.ManyToManyField(
        Citation, related_name="+"
    )

    class Meta:
        abstract = True
        ordering = ["ordinal"]


class Membership(Statement):
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="memberships")
    actor = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=40)
    begin = models.CharField(max_length=10, default="")
    finish = models.CharField(max_length=10, default="")
    share = models.FloatField(null=True)
    note = models.TextField(default="")

    def __str__(self) -> str:
        return f"{self.actor}: {self.role}"


class Position(Statement):
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="positions")
    actor = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="+")
    stance = models.CharField(max_length=40)
    date = models.CharField(max_length=10, default="")
    quote = models.TextField(default="")
    note = models.TextField(default="")
    reported_by = models.ForeignKey(Entry, null=True, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"{self.actor}: {self.stance}"


class Argument(Statement):
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="arguments")
    side = models.CharField(max_length=10)
    claim = models.TextField()
    answers = models.CharField(max_length=40, default="")
    made_by = models.ManyToManyField(Entry, related_name="+")

    def __str__(self) -> str:
        return self.claim


class Participation(Statement):
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="participation")
    actor = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="+")
    action = models.CharField(max_length=40)
    date = models.CharField(max_length=10, default="")
    part = models.CharField(max_length=200, default="")
    note = models.TextField(default="")

    def __str__(self) -> str:
        return f"{self.actor}: {self.action}"


class Link(Statement):
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="links")
    relation = models.CharField(max_length=40)
    target = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="+")
    begin = models.CharField(max_length=10, default="")
    finish = models.CharField(max_length=10, default="")
    note = models.TextField(default="")

    def __str__(self) -> str:
        return f"{self.relation} {self.target}"


class Milestone(Statement):
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="milestones")
    date = models.CharField(max_length=10)
    title = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.title


class Figure(Statement):
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="figures")
    metric = models.CharField(max_length=40)
    year = models.IntegerField(null=True)
    period = models.JSONField(null=True)
    value = models.FloatField()
    unit = models.CharField(max_length=20)
    approximate = models.BooleanField(null=True)
    note = models.TextField(default="")

    def __str__(self) -> str:
        return self.metric


class Organ(Statement):
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="organs")
    name = models.CharField(max_length=200)
    role = models.TextField(default="")
    composition = models.TextField(default="")
    decision_rule = models.TextField(default="")

    def __str__(self) -> str:
        return self.name


class Provision(Statement):
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="provisions")
    title = models.CharField(max_length=200)
    summary = models.TextField()

    def __str__(self) -> str:
        return self.title


class Dispute(Statement):
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="disputed")
    field = models.CharField(max_length=100, default="")
    value = models.JSONField()
    note = models.TextField(default="")

    def __str__(self) -> str:
        return f"{self.field}: {self.value}"


class Feature(Statement):
    """One dimension of a design."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="design")
    dimension = models.CharField(max_length=40)
    text = models.TextField()

    def __str__(self) -> str:
        return self.dimension


class CitedField(Statement):
    """Sources for the value of a field."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="field_cites")
    field = models.CharField(max_length=100)

    def __str__(self) -> str:
        return self.field
