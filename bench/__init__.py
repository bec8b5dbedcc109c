"""How fast Common Ground is: measured against what the machine can do and against the usual way."""
