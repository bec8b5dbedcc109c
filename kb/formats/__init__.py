"""Published entries in the formats of others: pure writers, from the public JSON."""
