"""Fixtures of the console's tests."""

from linli.screens.console.tests.office import enter

__all__ = ["enter"]
