"""Putting load on an installation: a site of one's own, people who talk HTTP to it, and a million old cases."""
