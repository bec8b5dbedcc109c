"""The desk: pages for people who have signed in."""
