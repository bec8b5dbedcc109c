"""Questions over many entries: pure modules on plain rows, and readers that fetch the rows."""
