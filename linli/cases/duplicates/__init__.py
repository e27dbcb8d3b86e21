"""Find out whether a report tells of a matter that is already open: suggest, join, or leave it."""
