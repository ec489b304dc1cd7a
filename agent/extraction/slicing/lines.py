"""Text of the module that a slice gets while it is watched: it says which lines ran for which request, and changes nothing else."""

# It runs under the repository's own interpreter, in the slice's copy, beside the scripts of the box.
SOURCE = '''"""Which lines ran for which recorded request; written as they are seen, one a line."""

import os
import sys
import threading

_ROOT = "/repo/"
_OUT = "/out/lines-%d.txt"
_seen = set()
_now = [0]


def _line(frame, event, argument):
    if event == "line" and _now[0]:
        key = (_now[0], frame.f_code.co_filename, frame.f_lineno)
        if key not in _seen:
            _seen.add(key)
            with open(_OUT % os.getpid(), "a") as file:
                file.write("%d %d %s\\n" % (key[0], key[2], key[1][len(_ROOT):]))
    return _line


def _call(frame, event, argument):
    code = frame.f_code
    if code.co_filename.startswith(_ROOT):
        if _now[0]:
            _line(frame, "line", None)
        return _line
    if code.co_name == "answer" and "/figwright_box/" in code.co_filename:
        request = frame.f_locals.get("request")
        _now[0] = request["number"] if isinstance(request, dict) else 0
    return None


if getattr(sys, "figwright_lines", None) is None:
    sys.figwright_lines = True
    threading.settrace(_call)
    sys.settrace(_call)
'''
