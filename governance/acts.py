"""What the acts of taking part in an instrument have in common."""

CONSENT = ("ratified", "acceded", "accepted", "approved", "succeeded")
"""Acts by which an actor consents to be bound. Source: Vienna Convention on the Law of Treaties,
Art. 11; signature apart, which often only announces it."""

NAMED = ("signed", "endorsed")
"""Acts by which an actor puts its name to a text."""

JOINING = (*NAMED, *CONSENT)
LEAVING = ("withdrew", "unsigned")
