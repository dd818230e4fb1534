"""Figures drawn by the server: maps and timelines as SVG text (docs/figures.md)."""
