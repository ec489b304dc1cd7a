"""Test frameworks while they are recorded: which test runs, and what it has put in the place of something else."""

# ruff: noqa
# mypy: ignore-errors
from . import plain


def watch_unittest(recorder, module):
    original = module.TestCase.run

    def run(self, result=None):
        outer, recorder.test = recorder.test, self.id()
        try:
            return original(self, result)
        finally:
            recorder.test = outer

    module.TestCase.run = run


def watch_mock(recorder, module):
    patch = module._patch
    enter, leave = patch.__enter__, patch.__exit__

    def __enter__(self):
        value = enter(self)
        recorder.standing[id(self)] = (self.target, self.attribute)
        try:
            plain.encode(getattr(self.target, self.attribute))
        except Exception:
            owner = getattr(self.target, "__name__", None) or type(self.target).__name__
            recorder.patches[id(self)] = "%s.%s" % (owner, self.attribute)
        return value

    def __exit__(self, *exc_info):
        recorder.patches.pop(id(self), None)
        recorder.standing.pop(id(self), None)
        return leave(self, *exc_info)

    patch.__enter__, patch.__exit__ = __enter__, __exit__


def watch_monkeypatch(recorder, module):
    original = module.MonkeyPatch.__init__

    def __init__(self, *args, **more):
        original(self, *args, **more)
        try:
            recorder.monkeys.add(self)
        except TypeError:
            pass

    module.MonkeyPatch.__init__ = __init__
