"""Pictures drawn as SVG from plain values: no HTTP, no database. See docs/pictures.md."""
