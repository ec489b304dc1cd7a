"""Programs that run inside the interpreter of the tests, as text: they are read from here, never imported."""
