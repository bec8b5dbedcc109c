"""Wiring: settings, database, addresses, the WSGI application. No product code."""
