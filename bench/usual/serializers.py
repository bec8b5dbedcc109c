"""Nested serializers, as Django REST framework's documentation teaches them."""

from rest_framework import serializers

from bench.usual import models


class EntryNameSerializer(serializers.ModelSerializer[models.Entry]):
    class Meta:
        model = models.Entry
        fields = (
            "key",
            "kind",
            "name",
        )


class CitationSerializer(serializers.ModelSerializer[models.Citation]):
    source = EntryNameSerializer()

    class Meta:
        model = models.Citation
        fields = (
            "source",
            "locator",
            "quote",
        )


class MembershipSerializer(serializers.ModelSerializer[models.Membership]):
    actor = EntryNameSerializer()
    cites = CitationSerializer(many=True)

    class Meta:
        model = models.Membership
        exclude = (
            "id",
            "entry",
            "ordinal",
        )


class PositionSerializer(serializers.ModelSerializer[models.Position]):
    actor = EntryNameSerializer()
    reported_by = EntryNameSerializer()
    cites = CitationSerializer(many=True)

    class Meta:
        model = models.Position
        exclude = (
            "id",
            "entry",
            "ordinal",
        )


class ArgumentSerializer(serializers.ModelSerializer[models.Argument]):
    made_by = EntryNameSerializer(many=True)
    cites = CitationSerializer(many=True)

    class Meta:
        model = models.Argument
        exclude = (
            "id",
            "entry",
            "ordinal",
        )


class ParticipationSerializer(serializers.ModelSerializer[models.Participation]):
    actor = EntryNameSerializer()
    cites = CitationSerializer(many=True)

    class Meta:
        model = models.Participation
        exclude = (
            "id",
            "entry",
            "ordinal",
        )


class LinkSerializer(serializers.ModelSerializer[models.Link]):
    target = EntryNameSerializer()
    cites = CitationSerializer(many=True)

    class Meta:
        model = models.Link
        exclude = (
            "id",
            "entry",
            "ordinal",
        )


class MilestoneSerializer(serializers.ModelSerializer[models.Milestone]):
    cites = CitationSerializer(many=True)

    class Meta:
        model = models.Milestone
        exclude = (
            "id",
            "entry",
            "ordinal",
        )


class FigureSerializer(serializers.ModelSerializer[models.Figure]):
    cites = CitationSerializer(many=True)

    class Meta:
        model = models.Figure
        exclude = (
            "id",
            "entry",
            "ordinal",
        )


class OrganSerializer(serializers.ModelSerializer[models.Organ]):
    cites = CitationSerializer(many=True)

    class Meta:
        model = models.Organ
        exclude = (
            "id",
            "entry",
            "ordinal",
        )


class ProvisionSerializer(serializers.ModelSerializer[models.Provision]):
    cites = CitationSerializer(many=True)

    class Meta:
        model = models.Provision
        exclude = (
            "id",
            "entry",
            "ordinal",
        )


class DisputeSerializer(serializers.ModelSerializer[models.Dispute]):
    cites = CitationSerializer(many=True)

    class Meta:
        model = models.Dispute
        exclude = (
            "id",
            "entry",
            "ordinal",
        )


class FeatureSerializer(serializers.ModelSerializer[models.Feature]):
    cites = CitationSerializer(many=True)

    class Meta:
        model = models.Feature
        exclude = (
            "id",
            "entry",
            "ordinal",
        )


class CitedFieldSerializer(serializers.ModelSerializer[models.CitedField]):
    cites = CitationSerializer(many=True)

    class Meta:
        model = models.CitedField
        exclude = (
            "id",
            "entry",
            "ordinal",
        )


class TermsSerializer(serializers.ModelSerializer[models.Entry]):
    topics = serializers.SlugRelatedField(slug_field="value", many=True, read_only=True)
    functions = serializers.SlugRelatedField(slug_field="value", many=True, read_only=True)


# What the entries of a kind have: fields, and lists of rows.
SHARED_FIELDS = (
    "key", "kind", "name", "aliases", "summary", "description", "website", "identifiers", "topics",
    "cites", "field_cites",
)  # fmt: skip
SHARED_ROWS = ("links", "milestones", "figures", "disputed")


class EntrySerializer(TermsSerializer):
    cites = CitationSerializer(many=True)
    field_cites = CitedFieldSerializer(many=True)
    links = LinkSerializer(many=True)
    milestones = MilestoneSerializer(many=True)
    figures = FigureSerializer(many=True)
    disputed = DisputeSerializer(many=True)

    class Meta:
        model = models.Entry
        fields = (
            *SHARED_FIELDS,
            *SHARED_ROWS,
        )


class ActorSerializer(EntrySerializer):
    class Meta(EntrySerializer.Meta):
        fields = (
            *EntrySerializer.Meta.fields,
            "type",
            "country",
            "founded",
            "dissolved",
        )


class BodySerializer(EntrySerializer):
    design = FeatureSerializer(many=True)
    organs = OrganSerializer(many=True)
    memberships = MembershipSerializer(many=True)

    class Meta(EntrySerializer.Meta):
        fields = (
            *EntrySerializer.Meta.fields,
            "type", "status", "founded", "dissolved", "seat", "functions", "design", "organs",
            "memberships",
        )  # fmt: skip


class ProposalSerializer(EntrySerializer):
    design = FeatureSerializer(many=True)
    positions = PositionSerializer(many=True)
    arguments = ArgumentSerializer(many=True)

    class Meta(EntrySerializer.Meta):
        fields = (
            *EntrySerializer.Meta.fields,
            "form", "stage", "scope", "binding", "proposed", "functions", "design", "positions",
            "arguments",
        )  # fmt: skip


class InstrumentSerializer(EntrySerializer):
    issued_by = EntryNameSerializer(many=True)
    participation = ParticipationSerializer(many=True)
    provisions = ProvisionSerializer(many=True)

    class Meta(EntrySerializer.Meta):
        fields = (
            *EntrySerializer.Meta.fields,
            "type", "status", "binding", "jurisdiction", "issued_by", "adopted", "in_force",
            "ended", "text_url", "vote", "participation", "provisions",
        )  # fmt: skip


class EventSerializer(EntrySerializer):
    organisers = EntryNameSerializer(many=True)
    participants = EntryNameSerializer(many=True)
    outcomes = EntryNameSerializer(many=True)

    class Meta(EntrySerializer.Meta):
        fields = (
            *EntrySerializer.Meta.fields,
            "type", "start", "end", "place", "organisers", "participants", "outcomes",
        )  # fmt: skip


class SourceSerializer(serializers.ModelSerializer[models.Entry]):
    class Meta:
        model = models.Entry
        fields = (
            "key", "kind", "name", "type", "authors", "publisher", "container", "issued", "url",
            "doi", "language", "accessed",
        )  # fmt: skip


class SummarySerializer(TermsSerializer):
    """A row of a list, with what our own rows of lists hold."""

    class Meta:
        model = models.Entry
        fields = (
            "key", "kind", "name", "summary", "type", "status", "form", "stage", "scope",
            "binding", "country", "jurisdiction", "founded", "dissolved", "proposed", "adopted",
            "in_force", "ended", "start", "end", "issued", "seat", "place", "authors",
            "publisher", "container", "language", "url", "doi", "functions", "topics",
        )  # fmt: skip


OF_KIND: dict[str, type[serializers.ModelSerializer[models.Entry]]] = {
    "actor": ActorSerializer,
    "body": BodySerializer,
    "proposal": ProposalSerializer,
    "instrument": InstrumentSerializer,
    "event": EventSerializer,
    "source": SourceSerializer,
}
