"""Derived relationships: what follows from roads and from who held what (docs/networks.md)."""
