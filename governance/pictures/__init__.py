"""Pictures of this subject: from what analyses give to drawings. No HTTP, no database."""
