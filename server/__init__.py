"""The Flask shell: translates HTTP to calls of `kg`, and decides nothing about the graph."""
