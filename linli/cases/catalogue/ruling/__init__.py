"""Rules of dispatch: which unit or post takes a matter when the duty catalogue alone is not enough."""
