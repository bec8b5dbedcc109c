"""What runs when, all in UTC. Each of these can run twice, or late, without harm.

A function takes the moment for which it was due: what was missed while no worker ran is made good
when one does (see PROCRASTINATE_PERIODIC_DEFAULTS in the settings).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from kb.editing import idle, knowledge, links, scheduling, second_reviews
from kb.jobs import mail, upkeep, watching, webhooks
from kb.publication.tiers import reorder_search
from kb.releases.shelf import withdraw_redacted

EVERY_MINUTE = "* * * * *"
LINKS_AN_HOUR = 200  # so that each of 4,800 is asked once a day
Job = Callable[[datetime], object]


@dataclass(frozen=True, slots=True)
class Scheduled:
    """`cron`: minute, hour, day of the month, month, day of the week. `sends_mail`: is tried again
    after a growing pause when the mail server is down. `is_made_good`: when it was missed.
    """

    name: str
    cron: str
    run: Job
    sends_mail: bool = False
    is_made_good: bool = True


# A change of a name takes its waiting jobs with it: the old ones are not found any more.
SCHEDULE = (
    # By the clock of now, not by the minute for which it was due: late is late enough.
    Scheduled("publish-due", EVERY_MINUTE, lambda _due: scheduling.publish_due()),
    Scheduled("mail-notices", EVERY_MINUTE, lambda _due: mail.mail_notices(), sends_mail=True),
    Scheduled("mail-answers", EVERY_MINUTE, lambda _due: mail.mail_answers(), sends_mail=True),
    Scheduled("render-stale", EVERY_MINUTE, lambda _due: upkeep.render_stale()),
    Scheduled("post-webhooks", EVERY_MINUTE, lambda _due: webhooks.post_webhooks()),
    Scheduled("second-reviews", "5 * * * *", lambda _due: second_reviews.escalate_overdue()),
    # A few at a time, and none because a site was just started: other people's servers answer.
    Scheduled(
        "check-links",
        "35 * * * *",
        lambda _due: links.check_links(LINKS_AN_HOUR),
        is_made_good=False,
    ),
    Scheduled("mail-digests", "0 7 * * *", mail.mail_digests, sends_mail=True),
    Scheduled("mail-watched", "10 7 * * *", watching.mail_watched, sends_mail=True),
    Scheduled("idle-drafts", "20 2 * * *", idle.notice_and_withdraw),
    Scheduled("clear-sessions", "30 2 * * *", lambda _due: upkeep.clear_sessions()),
    Scheduled("forget-networks", "40 2 * * *", upkeep.forget_networks),
    Scheduled("forget-addresses", "50 2 * * *", upkeep.forget_addresses),
    Scheduled("forget-deliveries", "55 2 * * *", webhooks.forget_deliveries),
    Scheduled("forget-answers", "58 2 * * *", upkeep.forget_answers),
    Scheduled("build-release", "10 4 1 * *", lambda _due: upkeep.build_due_release()),
    Scheduled("withdraw-redacted", "15 4 * * *", lambda _due: withdraw_redacted()),
    Scheduled("reorder-search", "0 3 * * *", lambda _due: reorder_search()),
    Scheduled(
        "check-knowledge", "20 3 * * *", lambda _due: knowledge.refresh_findings_of_everything()
    ),
)
