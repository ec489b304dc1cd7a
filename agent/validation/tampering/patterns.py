"""Rules that are patterns over single statements. Each has an ID, a page for the user, and what it looks for.

A page says what the rule refuses, and why. Text is a statement without comments and spacing: ``os.environ.get('CI')``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["PATTERN_RULES", "PatternRule", "meaning"]


@dataclass(frozen=True, slots=True)
class PatternRule:
    """``says`` is the sentence in a verdict; ``tests_too`` when it also holds for tests that a fixer migrates.
    ``comments`` when it reads whole lines, comments included."""

    id: str
    page: str
    says: str
    pattern: re.Pattern[str]
    tests_too: bool = False
    comments: bool = False


# What Python 2 spelled in other words is the same thing: a migration adds nothing by it.
SAME_MEANING: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"exec[ (]|execfile\("), "exec"),
    (re.compile(r"reload\(|importlib\.reload"), "reload"),
    (re.compile(r"__builtin__$|builtins$"), "builtins"),
    (re.compile(r"\.func_code|__code__"), "the code of a function"),
    (re.compile(r"\.func_globals|__globals__"), "the globals of a function"),
)


def meaning(matched: str) -> str:
    """What a match is counted as: its own text, or one word for a thing that two versions of a language write differently."""
    return next((word for pattern, word in SAME_MEANING if pattern.match(matched)), matched[:60])


def _words(*parts: str) -> re.Pattern[str]:
    return re.compile("|".join(parts))


PATTERN_RULES: tuple[PatternRule, ...] = (
    PatternRule(
        "new-skip",
        "A test that is skipped, expected to fail or left out because another one is marked ``only`` says nothing. "
        "Best practice: mend the code, or have a person set the test aside in a change of its own.",
        "a test is skipped, expected to fail, or left out",
        _words(
            r"\bskip(If|Unless|Test)?\(", r"\bskip_if\w*\(", r"\bSkipTest\b", r"unittest2?\.skip", r"pytest\.(skip|xfail|importorskip)",
            r"\bmark\.(skip|skipif|xfail)\b", r"\bexpectedFailure\b", r"\b(it|test|describe|context|suite)\.(skip|only|todo|failing|fixme)\b",
            r"\b(xit|xdescribe|xtest|xcontext|fit|fdescribe|pit)\(", r"@(Ignore|Disabled\w*|EnabledIf\w*)\b", r"\bAssum(e|ptions)\.\w+\(",
            r"\bassum(e|ing)That\(", r"\bmarkTest(Skipped|Incomplete)\b", r"\[(Ignore|Skip)\b", r"\bt\.(Skip|SkipNow|Skipf)\(",
            r"\bthis\.skip\(", r"\b__unittest_skip__\b", r"@(Test|Fact|Theory)\(.*(enabled=false|Skip=)",
        ),
        tests_too=True,
    ),
    PatternRule(
        "process-exit",
        "A process that ends itself ends the tests with it, and with code 0 that looks like success. Best practice: raise an "
        "error and let the outermost caller decide.",
        "the process ends itself",
        _words(
            r"\bsys\.exit\b", r"\bos\._exit\b", r"\bSystemExit\b", r"\bimport _?exit\b", r"from (sys|os) import\b.*\b_?exit\b",
            r"'_?exit'", r"(?<![.\w>'$ ])(exit|quit|die)(\(|;|$)", r"\bprocess\.(exit|reallyExit|abort|kill|exitCode)\b",
            r"\bSystem\.exit\(", r"\bRuntime\.getRuntime\(\)\.(exit|halt)\(", r"\bEnvironment\.(Exit|FailFast)\(",
            r"\bos\.(kill|killpg|abort|exec[lv]p?e?)\(", r"\bposix_kill\(", r"\bpcntl_exec\(", r"\bos\.Exit\(", r"\bsignal\.(alarm|setitimer|raise_signal)\(",
        ),
        tests_too=True,
    ),
    PatternRule(
        "test-environment",
        "Code that finds out whether it is being tested can behave well there and otherwise elsewhere. Best practice: pass "
        "in what differs.",
        "it asks whether tests are running",
        _words(
            r"PYTEST_CURRENT_TEST|PYTEST_VERSION|PYTEST_XDIST", r"'(_?pytest|unittest2?|nose2?|mock|coverage|pluggy)'(in|not in| in| not in)",
            r"\bsys\.modules\b", r"\bNODE_ENV\b.{0,8}'tests?'", r"'tests?'.{0,8}\bNODE_ENV\b", r"\b(JEST_WORKER_ID|MOCHA|VITEST|npm_lifecycle_event)\b",
            r"\benviron\b.{0,24}'[A-Z_]*(CI|TEST|TESTING|TESTS|GITHUB_ACTIONS|TRAVIS|JENKINS|COVERAGE|TOX\w*|HYPOTHESIS\w*)[A-Z_]*'",
            r"\bgetenv\('[A-Z_]*(CI|TEST|TESTING|PHPUNIT|JENKINS|TRAVIS)[A-Z_]*'\)", r"\bprocess\.env\.(CI|TEST\w*|JEST\w*|TRAVIS|GITHUB_ACTIONS)\b",
            r"\bprocess\.env\['?(CI|TEST)", r"\bargv\b.*(test|pytest|mocha|jest|phpunit|nose|surefire)", r"(test|pytest|mocha|jest|phpunit|nose)\w*'? ?in sys\.argv",
            r"\bprocess\.mainModule\b", r"\brequire\.main\b.*(test|mocha|jest)", r"\b(surefire|junit|testng)\.[a-z.]+'", r"'org\.(junit|testng)|'org/junit",
            r"\bsun\.java\.command\b", r"PHPUNIT_\w+|__PHPUNIT", r"\bdefined\('.*TEST", r"\b__main__\.__file__|__main__'\]\.__file__",
            r"\btypeof (describe|it|test|jest|expect)\b", r"\bglobal(This)?\.(describe|it|jest|expect|__coverage__)\b", r"'__coverage__'",
            r"\bisRunningTests?\b|\bis_testing\b|\bIS_TEST\b", r"\bcoverage\.(process_startup|Coverage)\b", r"\bsettings\.TESTING\b", r"\bgettrace\(",
            r"\bFIGWRIGHT\w*", r"'/(repo|out|env)(/|')",
        ),
    ),
    PatternRule(
        "caller-inspection",
        "Code that looks at who calls it can answer a test otherwise than anybody else. Best practice: parameters.",
        "it looks at its callers or at objects that are not its own",
        _words(
            r"\binspect\.(stack|currentframe|getouterframes|trace|getframeinfo)\b", r"from inspect import.*\b(stack|currentframe)\b",
            r"\b_getframe\b", r"\btraceback\.(extract_stack|walk_stack|format_stack|print_stack)\b", r"\bf_back\b|\btb_frame\b",
            r"\bgetStackTrace\(|\bStackWalker\b|\bgetCallerClass\b", r"\bError\(?.*\)?\.stack\b|\bcaptureStackTrace\b|\bprepareStackTrace\b|\barguments\.callee\b",
            r"\bdebug_(print_)?backtrace\(", r"\bnew StackTrace\(|\bnew StackFrame\(|\bCallerMemberName\b", r"\bgc\.(get_objects|get_referrers|get_referents)\b",
            r"\bsys\.(settrace|setprofile|addaudithook|monitoring)\b|\bthreading\.(settrace|setprofile)\b",
        ),
    ),
    PatternRule(
        "test-tool",
        "Product code that loads a test tool can change how tests are judged. Best practice: test tools in tests only.",
        "product code loads or names a test tool",
        _words(
            r"\b(import|from) (_pytest|pytest|unittest2?|nose2?|mock|pluggy|hypothesis|xdist|coverage|doctest|twisted\.trial|django\.test)\b",
            r"\bimport\w*\('(_?pytest|unittest2?|nose|mock|coverage|pluggy|doctest)\b", r"\brequire\('(mocha|jest|chai|sinon|tap|ava|vitest|nyc|supertest|node:test|jasmine)(/[^']*)?'\)",
            r"\bfrom'(mocha|jest|@jest/\w+|chai|sinon|tap|ava|vitest|node:test)'", r"\bimport (static )?(org\.junit|junit\.framework|org\.testng|org\.mockito|org\.assertj)\b",
            r"\buse PHPUnit\\|\\?PHPUnit\\Framework", r"\busing (Xunit|NUnit|Moq|Microsoft\.VisualStudio\.TestTools)\b", r"\bTestCase\.\w+ ?=[^=]",
            r"\b(AssertionError|ComparisonFailure)\b.*(=|except|catch)", r"\bexcept\(?.*\bAssertionError\b|\bcatch\(.*AssertionError\b",
        ),
    ),
    PatternRule(
        "test-hook",
        "Names that test tools call by convention change what is collected and how it is reported. Best practice: such hooks "
        "belong to the tests, and tests come from the pristine copy.",
        "it defines a hook of a test tool",
        _words(
            r"\bdef (pytest_\w+|load_tests|setUpModule|tearDownModule|setup_module|teardown_module)\b", r"\bpytest_plugins\b|\bpytest11\b",
            r"\bcollect_ignore(_glob)?\b", r"\b__test__\b|\b__unittest\b", r"\bTEST_RUNNER\b", r"\bTEST_(DISCOVER|NON_SERIALIZED)\w*",
            r"\b(before|after)(All|Each)\(", r"@(RegisterExtension|ExtendWith|RunWith)\b",
        ),
    ),
    PatternRule(
        "exit-hook",
        "What runs when the process ends runs after the last test, when its results can still be rewritten. Best practice: "
        "close what was opened where it was opened.",
        "it does something when the process ends",
        _words(
            r"\batexit\b", r"\bsys\.(excepthook|exitfunc|unraisablehook)\b", r"\bprocess\.(on|once|addListener|prependListener)\('(exit|beforeExit|uncaughtException)'",
            r"\baddShutdownHook\(", r"\bregister_shutdown_function\(|\bset_(error|exception)_handler\(", r"\bProcessExit\b ?\+=",
            r"\bdef __del__\b|\bweakref\.finalize\b|\bfunction __destruct\b", r"\bos\.(fork|forkpty)\(|\bpcntl_fork\(|\bdetached:true\b",
        ),
    ),
    PatternRule(
        "forged-report",
        "Test results are read from files that the tests' process writes: product code has no business with them. Best practice: other names.",
        "it names a file or a word of test reports",
        _words(
            r"<testsuites?\b|<testcase\b|<testcase|testsuite>", r"\b(junit|xunit|results|TEST-|surefire|testng|nosetests?|clover|cobertura|jacoco)[\w.*%{}-]*\.(xml|exec|html|jsonl)\b",
            r"'(results?|report|out)[\w/-]*\.xml'", r"'[^']{0,60}\.coverage(\.[^']*)?'", r"\bjunitxml\b|\bjunit_family\b|\bjunit-xml\b", r"'ok 1\b|'TAP version|1\.\.%",
            r"\bglob\w*\(.{0,40}\.xml'",
        ),
        tests_too=True,
    ),
    PatternRule(
        "monkey-patch",
        "Replacing built-in or library behaviour at run time reaches into tests and their tools. Best practice: call what you "
        "mean.",
        "it replaces behaviour that is not its own",
        _words(
            r"\b(builtins|__builtin__|__builtins__)\b", r"\bsys\.(modules\[.*\] ?=|stdout ?=|stderr ?=|meta_path|path_hooks|path_importer_cache)", r"\bmodules\[[^\]]*\]=",
            r"\b(mock|mocker|monkeypatch)\.(patch|setattr)\b|\bpatch\.object\(", r"\b(Object|Array|String|Number|Function|Error|Promise|Date)\.prototype\.\w+ ?=[^=]",
            r"\b(Object|Array|JSON|Math|Date|console|process|assert)\.\w+=[^=]", r"\brequire\.cache\b|\bModule\._(load|resolveFilename|extensions)\b|\brequire\.extensions\b",
            r"\bglobal(This)?\.\w+=[^=]", r"\bassert\.\w+=|\bexpect\.\w+=|\bexpect\.extend\b", r"\bsetattr\((sys|os|time|datetime|random|json|math|re|io)\b",
            r"(?<![.\w])(sys|os|time|random|json|math|re|io|datetime|decimal|unittest|pytest|socket|subprocess|logging)\.\w+=[^=]", r"\brunkit\w*\(|\buopz_\w+\(|\boverride_function\(",
            r"\bsetAccessible\(true\)", r"\bctypes\b|\bforbiddenfruit\b", r"\bObject\.(defineProperty|setPrototypeOf)\((Object|Array|String|Number|global|assert|Error)",
            r"\b__(class|code|bases|globals)__ ?=[^=]", r"\.func_(code|globals) ?=[^=]",
        ),
    ),
    PatternRule(
        "dynamic-code",
        "Code that is made at run time cannot be read, scanned or covered. Best practice: write it down.",
        "it makes code at run time",
        _words(
            r"(?<![.\w>])(eval|exec|execfile|compile|create_function|reload)\(", r"^exec (?=[\w'(])", r"\bexec '", r"\b(new )?Function\(", r"\bvm\.(run|compile)\w*\(", r"\bset(Timeout|Interval)\('",
            r"\bScriptEngine\w*\b|\bGroovyShell\b|\bdefineClass\(|\bCSharpScript\b|\bCompileAssembly\w*\b", r"\bmarshal\.loads\b|\bcode\.interact\b|\btypes\.(CodeType|FunctionType)\(",
            r"\bassert\('", r"\b__import__\(|\bimportlib\.(reload|machinery|util)\b", r"\b(codecs\.decode|fromhex|b64decode|base64_decode|atob)\(.*(exec|eval)", r"\bimp\.load_\w+\(",
            r"\bpreg_replace\('/[^']*/\w*e\w*'",
        ),
    ),
    PatternRule(
        "fixed-chance",
        "Fixing the clock or a seed in product code makes tests agree and users all get the same. Best practice: pass a clock "
        "or a generator in.",
        "it fixes the clock or a seed",
        _words(
            r"\brandom\.seed\(|\bseed\(\d+\)|\bmt_srand\(|\bsrand\(", r"\bRandom\(\d+L?\)", r"\bfreeze_?(time|gun)\b|\btime_machine\b", r"\bMath\.random=|\bDate\.now=|\bDate=(?!=)",
            r"\bClock\.fixed\(|\bDateTimeUtils\.setCurrentMillis", r"\buseFakeTimers\b|\bsetTestNow\(", r"\b(time\.time|datetime\.(now|today|utcnow))=(?!=)", r"\bPYTHONHASHSEED\b",
            r"\bos\.urandom=|\buuid\.uuid\d=",
        ),
    ),
    PatternRule(
        "coverage-excluded",
        "A line that is taken out of coverage cannot be shown to be tested. Best practice: test it, or say in the open that it "
        "is not.",
        "lines are taken out of coverage",
        _words(
            r"pragma: ?no ?(cover|branch)", r"(istanbul|c8|v8|node:coverage) (ignore|disable)", r"@codeCoverageIgnore", r"ExcludeFromCodeCoverage", r"@(lombok\.)?Generated\b",
            r"\bLCOV_EXCL", r"doctest: ?\+SKIP",
        ),
        tests_too=True,
        comments=True,
    ),
    PatternRule(
        "hidden-text",
        "Characters that do not show, or that turn the order of reading, make code look other than it is (CVE-2021-42574); "
        "an unusual encoding line does too. Best practice: plain UTF-8 without them.",
        "characters that do not show, or an unusual encoding line",
        _words(
            "\xe2\x80[\x8b-\x8f\xaa-\xae]", "\xe2\x81[\xa0-\xa9]", "\x00", "[\x08\x1b\x7f]", r"^[ \t\f]*#.*?coding[:=][ \t]*(?!utf-?8|latin-?1|iso-?8859-1|ascii|us-ascii|cp1252)[-\w.]+",
        ),
        tests_too=True,
        comments=True,
    ),
)  # fmt: skip
