"""Long runs against a real server; each ends with what it measured and whether its promises were kept."""
