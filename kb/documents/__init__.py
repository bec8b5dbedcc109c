"""Documents as plain values: their form, dates, identity, difference and files. No Django."""
