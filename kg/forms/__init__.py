"""Answers about control written down: JSON, GeoJSON, CSV, RDF, and tables for people.

`plain` makes plain values of everything but the map, `tabular` and `turtle` write those; `mapped` writes the map, which
may have all places in it, straight from its columns.
"""
