"""Adding to the record: a claim as a person fills it in becomes statements of the ontology (docs/claims.md)."""
