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
_file = [0, -1]  # of this process: a fork has another


def _write(text):
    if _file[0] != os.getpid():
        _file[:] = [os.getpid(), os.open(_OUT % os.getpid(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)]
    os.write(_file[1], text.encode("utf-8", "replace"))


def _line(frame, event, argument):
    if event == "line" and _now[0]:
        key = (_now[0], frame.f_code.co_filename, frame.f_lineno)
        if key not in _seen:
            _seen.add(key)
            _write("%d %d %s\\n" % (key[0], key[2], key[1][len(_ROOT):]))
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
