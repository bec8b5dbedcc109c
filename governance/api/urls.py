"""The addresses of the subject's part of the API, below `/api/v1/`."""

from governance.api.memberships import MembersEndpoint, MembershipsEndpoint
from governance.api.participation import ParticipationEndpoint
from governance.api.positions import (
    ActorPositionsEndpoint,
    ArgumentsEndpoint,
    ProposalPositionsEndpoint,
)

urlpatterns = [
    endpoint.route()
    for endpoint in (
        MembersEndpoint(),
        MembershipsEndpoint(),
        ProposalPositionsEndpoint(),
        ActorPositionsEndpoint(),
        ArgumentsEndpoint(),
        ParticipationEndpoint(),
    )
]
