"""How each family of languages builds and tests; one file a family."""
