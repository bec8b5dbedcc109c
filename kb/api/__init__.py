"""The public API: reading what is published, for programs."""
