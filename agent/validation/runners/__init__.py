"""How each test runner is called and read; one file a runner."""
