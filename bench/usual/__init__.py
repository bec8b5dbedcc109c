"""The usual way: a table for each thing, nested ModelSerializers and templates over the ORM."""
