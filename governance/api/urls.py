"""The addresses of the subject's part of the API, below `/api/v1/`."""

from governance.api.agreement import CommonGroundEndpoint
from governance.api.comparison import CompareEndpoint
from governance.api.histories import MembershipHistoryEndpoint, ParticipationHistoryEndpoint
from governance.api.ideas import IdeasEndpoint
from governance.api.memberships import MembersEndpoint, MembershipsEndpoint
from governance.api.network import NetworkEndpoint
from governance.api.participation import ParticipationEndpoint
from governance.api.positions import (
    ActorPositionsEndpoint,
    ArgumentsEndpoint,
    ProposalPositionsEndpoint,
)
from governance.api.stances import ActorChangesEndpoint, ProposalChangesEndpoint
from governance.api.timeline import TimelineEndpoint
from kb.api.endpoints import routes

urlpatterns = routes(
    [
        MembersEndpoint(),
        MembershipsEndpoint(),
        ProposalPositionsEndpoint(),
        ActorPositionsEndpoint(),
        ProposalChangesEndpoint(),
        ActorChangesEndpoint(),
        ArgumentsEndpoint(),
        ParticipationEndpoint(),
        MembershipHistoryEndpoint(),
        ParticipationHistoryEndpoint(),
        CommonGroundEndpoint(),
        CompareEndpoint(),
        IdeasEndpoint(),
        NetworkEndpoint(),
        TimelineEndpoint(),
    ]
)
