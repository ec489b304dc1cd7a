"""Runs tests from inside the interpreter that they need (2.7 and every 3), and writes what happened line by line.

Handed to that interpreter with ``-c``, so that no file of it lies where a test could edit it. Arguments: the result
folder, the environment, the repository, then the configuration as JSON in chunks of base64. Out come
``results.jsonl`` (one record a test, and one at the end, without which the run counts as broken off) and
``coverage.json`` when lines were to be measured. It imports nothing of the program and must stay valid under both
grammars.
"""
# ruff: noqa
# mypy: ignore-errors

from __future__ import absolute_import, division, print_function

import base64
import functools
import hashlib
import json
import os
import re
import signal
import sys
import time
import traceback
import unittest
import zlib

# Tests replace these (frozen clocks, fake file systems); what was there first is kept.
_clock = time.time
_open, _write, _close, _getpid = os.open, os.write, os.close, os.getpid
_dumps = json.dumps
_setitimer = getattr(signal, "setitimer", None)
_signal = signal.signal
LONGEST = 2000


class TimeLimit(BaseException):
    """A test took longer than it may; not an Exception, so that a test's own handlers let it pass."""


class Records(object):
    def __init__(self, out):
        self.path = os.path.join(os.path.abspath(out), "results.jsonl")
        self.pid = _getpid()

    def put(self, **record):
        if _getpid() != self.pid:
            return  # a forked child that runs on has nothing to say
        data = (_dumps(record, sort_keys=True) + "\n").encode("ascii")
        handle = _open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            _write(handle, data)
        finally:
            _close(handle)

    def case(self, name, status, seconds, message=""):
        self.put(id=text(name), status=status, seconds=round(float(seconds), 4), message=text(message)[-LONGEST:])

    def unloadable(self, name, message):
        self.put(unloadable=text(name), message=text(message)[-LONGEST:])


def text(value):
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value if isinstance(value, type("")) else type("")(value)


def rank(seed, name):
    data = ("%s %s" % (seed, text(name))).encode("utf-8", "replace")
    return hashlib.sha1(data).hexdigest()


def database_rank(cls):
    """Django's tests that empty the database come after those that roll back, in any order."""
    names = [base.__name__ for base in getattr(cls, "__mro__", ())]
    if "TransactionTestCase" not in names:
        return 0 if "SimpleTestCase" not in names else 2
    return 0 if "TestCase" in names[: names.index("TransactionTestCase")] else 1


class Alarm(object):
    """Raises TimeLimit in the running test, again every ten seconds until it gives way."""

    def __init__(self, seconds):
        self.seconds = seconds if _setitimer else 0

    def __enter__(self):
        if self.seconds:
            try:
                _signal(signal.SIGALRM, self.ring)
                _setitimer(signal.ITIMER_REAL, self.seconds, 10.0)
            except ValueError:  # not in the main thread
                self.seconds = 0

    def __exit__(self, *_):
        if self.seconds:
            _setitimer(signal.ITIMER_REAL, 0)

    def ring(self, *_):
        raise TimeLimit("took longer than %s seconds" % self.seconds)


# --- pytest -----------------------------------------------------------------------------------------------------


def run_pytest(setup, records):
    import pytest

    plugin = pytest_plugin(pytest, setup, records)
    sys.argv = ["pytest"] + setup["args"]
    try:
        return int(pytest.main(list(setup["args"]), plugins=[plugin]) or 0)
    finally:
        plugin.flush()


def pytest_plugin(pytest, setup, records):
    # Wrappers that yield a result object work in every pytest from 2.8 on; the newer form does not in the old ones.
    wrapper = pytest.hookimpl(hookwrapper=True)
    only = frozenset(setup["only"])
    worst = ["passed", "skipped", "expected failure", "unexpected pass", "failed", "error"]

    class Plugin(object):
        def __init__(self):
            self.current = {}

        @pytest.hookimpl(tryfirst=True)
        def pytest_load_initial_conftests(self, early_config):
            known = early_config.known_args_namespace
            if getattr(known, "cov_source", None) is not None:
                known.cov_source = None  # another tracer would silence ours, and writes into the repository

        @pytest.hookimpl(tryfirst=True)
        def pytest_cmdline_main(self, config):
            option = config.option
            if hasattr(option, "numprocesses"):
                option.numprocesses, option.dist, option.tx, option.distload = None, "no", [], False
            for name in ("cov_source", "cov_fail_under"):
                if hasattr(option, name):
                    setattr(option, name, None)
            for name in ("maxfail", "exitfirst"):
                if hasattr(option, name):
                    setattr(option, name, 0)

        @pytest.hookimpl(trylast=True)
        def pytest_collection_modifyitems(self, config, items):
            if only:
                chosen = [item for item in items if text(item.nodeid) in only]
                left = [item for item in items if text(item.nodeid) not in only]
                items[:] = chosen
                if left:
                    config.hook.pytest_deselected(items=left)
            if setup["order"]:
                items.sort(key=self.place)

        def place(self, item):
            parts = item.nodeid.split("::")
            seed = setup["order"]
            kind = database_rank(getattr(item, "cls", None))
            return (kind, rank(seed, parts[0]), rank(seed, "::".join(parts[:-1])), rank(seed, item.nodeid))

        def pytest_collectreport(self, report):
            if report.failed:
                records.unloadable(report.nodeid, getattr(report, "longreprtext", report.longrepr))
            elif report.skipped and "::" not in report.nodeid:
                records.case(report.nodeid, "skipped", 0, str(report.longrepr))

        @wrapper
        def pytest_runtest_setup(self, item):
            with Alarm(setup["test_seconds"]):
                yield

        @wrapper
        def pytest_runtest_call(self, item):
            with Alarm(setup["test_seconds"]):
                yield

        def pytest_runtest_logreport(self, report):
            name = text(report.nodeid)
            if self.current and self.current["name"] != name:
                self.flush()
            if not self.current:
                self.current = {"name": name, "status": "", "seconds": 0.0, "message": ""}
            now = self.current
            now["seconds"] += getattr(report, "duration", 0.0) or 0.0
            status = self.status(report)
            if status and (not now["status"] or worst.index(status) > worst.index(now["status"])):
                now["status"] = status
                if status != "passed":
                    now["message"] = self.words(report)
            if report.when == "teardown":
                self.flush()

        def status(self, report):
            if report.outcome == "rerun":
                return ""
            if hasattr(report, "wasxfail"):
                if report.when != "call":
                    return "expected failure" if report.skipped else ""
                return "expected failure" if report.skipped else "unexpected pass" if report.passed else "failed"
            if report.failed:
                return "failed" if report.when == "call" else "error"
            if report.skipped:
                return "skipped"
            return "passed" if report.when == "call" else ""

        def words(self, report):
            if hasattr(report, "longreprtext"):
                return report.longreprtext
            return text(report.longrepr) if report.longrepr else ""

        def flush(self):
            now, self.current = self.current, {}
            if now and now["status"]:
                records.case(now["name"], now["status"], now["seconds"], now["message"])

    return Plugin()


# --- unittest, and everything that ends in its text runner ----------------------------------------------------------


def watch_unittest(setup, records):
    """Make unittest's own runner shuffle, select and record; only the outermost run counts, not tests of test tools."""
    depth = [0]
    state = {}
    runner, base = unittest.TextTestRunner, unittest.TestResult
    first_run = runner.run

    @functools.wraps(first_run)
    def run(self, test):
        if depth[0] or _getpid() != records.pid:
            return first_run(self, test)
        depth[0] += 1
        make = self._makeResult

        def made():
            result = make()
            result.figwright_watched = True
            result.failfast = False
            return result

        self._makeResult = made
        try:
            return first_run(self, arranged(test, setup, records))
        finally:
            depth[0] -= 1

    runner.run = run

    def record(method, status):
        first = getattr(base, method, None)
        if first is None:
            return

        @functools.wraps(first)
        def wrapped(self, test, *details):
            if getattr(self, "figwright_watched", False):
                note(test, status, details)
            return first(self, test, *details)

        setattr(base, method, wrapped)

    def note(test, status, details):
        name = case_id(test)
        message = words(details)
        if is_unloadable(test):
            records.unloadable(unloadable_name(name), message)
        elif type(test).__name__ == "_ErrorHolder":
            records.case(name, status, 0, message)
        elif state.get("name") == name:
            state["found"].append((status, message))
        else:
            records.case(name, status, 0, message)

    first_start, first_stop, first_sub = base.startTest, base.stopTest, getattr(base, "addSubTest", None)

    def start(self, test):
        if getattr(self, "figwright_watched", False) and not is_unloadable(test):
            state.update(name=case_id(test), found=[], began=_clock(), alarm=Alarm(setup["test_seconds"]))
            state["alarm"].__enter__()
        return first_start(self, test)

    def stop(self, test):
        if getattr(self, "figwright_watched", False) and state.get("name") == case_id(test):
            state["alarm"].__exit__()
            order = ["error", "failed", "unexpected pass", "expected failure", "skipped", "passed"]
            found = sorted(state["found"], key=lambda one: order.index(one[0])) or [("passed", "")]
            records.case(state["name"], found[0][0], _clock() - state["began"], found[0][1])
            state.clear()
        return first_stop(self, test)

    def sub(self, test, subtest, error):
        if getattr(self, "figwright_watched", False) and error is not None and state.get("name") == case_id(test):
            kind = "failed" if issubclass(error[0], test.failureException) else "error"
            state["found"].append((kind, words((error,))))
        return first_sub(self, test, subtest, error)

    base.startTest, base.stopTest = start, stop
    if first_sub is not None:
        base.addSubTest = sub
    record("addSuccess", "passed")
    record("addFailure", "failed")
    record("addError", "error")
    record("addSkip", "skipped")
    record("addExpectedFailure", "expected failure")
    record("addUnexpectedSuccess", "unexpected pass")


def case_id(test):
    try:
        return text(test.id())
    except Exception:
        return text(repr(test))


def is_unloadable(test):
    return type(test).__name__ in ("_FailedTest", "ModuleImportFailure", "LoadTestsFailure")


def unloadable_name(name):
    for prefix in ("unittest.loader._FailedTest.", "unittest.loader.ModuleImportFailure."):
        if name.startswith(prefix):
            return name[len(prefix) :]
    return name


def words(details):
    if not details or details[0] is None:
        return ""
    if isinstance(details[0], tuple) and len(details[0]) == 3:
        try:
            return "".join(text(line) for line in traceback.format_exception(*details[0]))
        except Exception:
            return text(repr(details[0][1]))
    return text(details[0])


def flat(test):
    """The cases of nested suites; a suite of a kind of its own is kept whole, as it may set things up."""
    if type(test) is unittest.TestSuite or (
        isinstance(test, unittest.TestSuite) and type(test).run is unittest.TestSuite.run
    ):
        for inner in list(test):
            for one in flat(inner):
                yield one
    else:
        yield test


def arranged(test, setup, records):
    if not (setup["order"] or setup["only"]):
        return test
    cases = list(flat(test))
    if setup["only"]:
        only = frozenset(setup["only"])
        cases = [case for case in cases if not hasattr(case, "id") or case_id(case) in only]
    if setup["order"]:
        seed = setup["order"]

        def place(case):
            cls = type(case)
            name = case_id(case)
            whole = name.rpartition(".")[0]
            return (database_rank(cls), rank(seed, cls.__module__), rank(seed, whole), rank(seed, name))

        cases.sort(key=place)
    return unittest.TestSuite(cases)


def run_unittest(setup, records):
    watch_unittest(setup, records)
    loader = unittest.TestLoader()
    suite = unittest.TestSuite()
    for path in setup["paths"] or ["."]:
        try:
            if path.endswith(".py"):
                suite.addTest(load_file(loader, path))
            else:
                top = setup["top"] or "."
                suite.addTest(loader.discover(path, setup["pattern"], top))
        except (Exception, SystemExit):
            records.unloadable(path, traceback.format_exc())
    sys.argv = ["unittest"]
    result = unittest.TextTestRunner(verbosity=1).run(suite)
    return 0 if result.wasSuccessful() else 1


def load_file(loader, path):
    """A test file as a module: with its package when it has one, from its own folder when not."""
    import importlib

    folder, name = os.path.split(path[: -len(".py")])
    parts = [name]
    while folder and os.path.exists(os.path.join(folder, "__init__.py")):
        folder, package = os.path.split(folder)
        parts.insert(0, package)
    where = os.path.abspath(folder or ".")
    if where not in sys.path:
        sys.path.insert(0, where)
    if parts[-1] == "__init__" and len(parts) > 1:
        parts.pop()
    module = importlib.import_module(".".join(parts))
    suite = loader.loadTestsFromModule(module)
    if not suite.countTestCases():
        for builder in ("test_suite", "suite", "additional_tests", "get_suite", "build_suite", "buildTestSuite"):
            make = getattr(module, builder, None)
            if callable(make):
                made = make()
                if isinstance(made, unittest.TestSuite) and made.countTestCases():
                    return made
    return suite


# --- scripts: manage.py, runtests.py, alltests.py ---------------------------------------------------------------------


def run_script(setup, records):
    import runpy

    watch_unittest(setup, records)
    script, arguments = setup["args"][0], setup["args"][1:]
    where = os.path.dirname(os.path.abspath(script))
    sys.path[0:1] = [where]
    sys.argv = [script] + arguments
    try:
        runpy.run_path(script, run_name="__main__")
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 0 if stop.code is None else 1
    return 0


# --- nose -------------------------------------------------------------------------------------------------------------


def run_nose(setup, records):
    for name in ("Callable", "Mapping", "MutableMapping", "Iterable", "Sequence"):  # nose on 3.10 and later
        import collections

        if not hasattr(collections, name):
            setattr(collections, name, getattr(__import__("collections.abc", fromlist=[name]), name))
    import nose
    from nose.plugins import Plugin

    only = frozenset(setup["only"])

    class Recorder(Plugin):
        name = "figwright"
        score = 5000
        enabled = True

        def options(self, parser, env):
            pass

        def configure(self, options, conf):
            self.enabled = True
            conf.stopOnError = False
            self.seen = {}

        def prepareTestCase(self, test):
            if only and self.title(test) not in only:
                return lambda result: None
            return None

        def startTest(self, test):
            self.began = _clock()
            self.alarm = Alarm(setup["test_seconds"])
            self.alarm.__enter__()

        def stopTest(self, test):
            self.alarm.__exit__()

        def title(self, test):
            name = case_id(test)
            inner = getattr(test, "test", None)
            arguments = getattr(inner, "arg", None)
            if arguments and not name.endswith(")"):
                name += repr(tuple(arguments))
            # The same test has the same name under 2 and 3.
            return re.sub(r"(?<=[(\[{, ])u(?=['\"])", "", name)

        def say(self, test, status, error=None):
            name = self.title(test)
            message = words((error,)) if error else ""
            if type(getattr(test, "test", None)).__name__ == "Failure":
                records.unloadable(failure_name(test), message)
            else:
                records.case(name, status, _clock() - getattr(self, "began", _clock()), message)

        def addSuccess(self, test):
            self.say(test, "passed")

        def addFailure(self, test, error):
            self.say(test, "failed", error)

        def addError(self, test, error):
            skip = [unittest.SkipTest]
            skipped = any(issubclass(error[0], kind) for kind in skip) or error[0].__name__ == "SkipTest"
            self.say(test, "skipped" if skipped else "error", error)

    def failure_name(test):
        address = getattr(test.test, "_address", None) or getattr(test, "address", lambda: None)()
        parts = [part for part in (address or ()) if part]
        return text(parts[0]) if parts else case_id(test)

    sys.argv = ["nosetests"] + setup["args"]
    done = nose.run(argv=list(sys.argv), addplugins=[Recorder()])
    return 0 if done else 1


# --- lines that ran -----------------------------------------------------------------------------------------------------


def start_coverage(setup, env, repo):
    tools = os.path.join(env, "tools")
    sys.path.insert(0, tools)
    try:
        import coverage
    except ImportError:  # it could not be fetched: the tests run all the same, and no line counts as measured
        return None
    finally:
        sys.path.remove(tools)
    measured = coverage.Coverage(
        data_file=os.path.join(setup["out"], ".coverage"),
        config_file=False,
        source=[os.path.abspath(repo)],
        branch=False,
    )
    measured.start()
    return measured


def stop_coverage(measured, setup):
    measured.stop()
    try:
        measured.json_report(outfile=os.path.join(setup["out"], "coverage.json"), ignore_errors=True)
    except Exception:  # such as: no data was collected
        traceback.print_exc()


def main():
    out, env, repo = sys.argv[1:4]
    setup = json.loads(zlib.decompress(base64.b64decode("".join(sys.argv[4:]))).decode("utf-8"))
    setup["out"] = os.path.abspath(out)
    for key in ("args", "paths"):
        setup[key] = [str(one.replace(setup["repo_mark"], repo).replace(setup["out_mark"], out)) for one in setup[key]]
    setup["top"] = str(setup["top"])
    records = Records(out)
    modes = {"pytest": run_pytest, "unittest": run_unittest, "script": run_script, "nose": run_nose}
    measured = start_coverage(setup, env, repo) if setup["coverage"] else None
    code = 70
    try:
        records.put(begin=setup["mode"], python=sys.version.split()[0])
        code = modes[setup["mode"]](setup, records)
        records.put(end=code)
    except BaseException:
        traceback.print_exc()
        records.put(broken=traceback.format_exc()[-LONGEST:])
    finally:
        if measured is not None:
            stop_coverage(measured, setup)
    return code


if __name__ == "__main__":
    ended = main()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            pass
    # Threads that a test left behind would keep an ordinary exit waiting for ever.
    os._exit(ended if isinstance(ended, int) and 0 <= ended < 256 else 1)
