"""Relationships through time: swept once over all days on which anything changes (docs/networks.md)."""
