"""The engine: entries, revisions, changesets and their publication, whatever the subject."""
