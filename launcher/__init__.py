"""Setting up and starting: the environment, the embedded PostgreSQL, the server.

`environment` and what it imports run before the environment exists: standard library only.
"""
