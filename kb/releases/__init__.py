"""Releases: everything public on one day, as files that never change."""
