"""The evaluation: measures figwright against known answers and against plain baselines in the same run.

Runs from a checkout (``python -m eval``); the program never imports it.
"""
