"""Tests of what is particular to Java."""
