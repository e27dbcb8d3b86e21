"""Give many matters to many workers at once: shortest ways together, even loads, a reason for whoever has to wait."""
