"""Runs a repository's own tests in a box, before and after a change, and says what may be concluded."""
