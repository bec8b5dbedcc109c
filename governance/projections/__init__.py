"""From published documents to rows: a pure function a kind.

Which days a statement held is worked out in `memberships`, `positions`, `participation` and
`links`, on plain documents, for the rows and for `governance.as_of` alike.
"""
