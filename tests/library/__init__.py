"""A toy subject, books and loans: with it the engine's tests show that it needs no other."""
