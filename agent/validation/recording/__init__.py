"""The recorder: a script that runs inside the box under the old interpreter, read as data (``recorder.py``, Python 2.7 and 3)."""
