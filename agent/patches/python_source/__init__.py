"""Python source as text that can be edited at places of its syntax tree: what the rules for Python are written with."""
