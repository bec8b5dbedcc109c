"""Why an entry is taken out of view: said on its tombstone, for ever."""

from kb.documents.vocabulary import Term, Vocabulary

RETRACTION_REASONS = Vocabulary(
    "retraction-reasons",
    "Reasons for a retraction",
    "Why an entry was taken out of view.",
    (
        Term("duplicate", "Duplicate", "Another entry is about the same thing."),
        Term("out-of-scope", "Out of scope", "It is not about what this knowledge base collects."),
        Term("unsourced", "Unsourced", "No source that we can name says so."),
        Term("wrong", "Wrong", "What it said is not so, and nothing right is left of it."),
        Term(
            "withdrawn-by-publisher",
            "Withdrawn by its publisher",
            "Whoever published what it rests on took that back.",
        ),
        Term("privacy", "Privacy", "It told of a person what should not be told here."),
        Term("taken-back", "Taken back", "The change that created it was reverted."),
        Term("other", "Another reason", "The note says which."),
    ),
)
