"""From published documents to everything public: rows, JSON, HTML, search, feed of changes."""
