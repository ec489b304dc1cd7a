"""What runs inside the sandbox under the repository's own interpreter: plain Python 3.6 and newer, standard library alone."""
