"""Who controlled what, when, according to whom: the rules (docs/control.md), as a reference and as an index."""
