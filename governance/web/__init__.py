"""What the pages of the six kinds add to the engine's."""
