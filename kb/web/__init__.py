"""Pages for people: what is true of any entry, whatever the subject."""
