"""The loop that builds, starts, tests and repairs containers: a repository in, files with their proofs out."""
