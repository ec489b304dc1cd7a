"""What to try when a JavaScript package does not install or its tests do not load: a table of what npm and Node.js print.

A recipe and what was said in; another recipe and what was changed out. A rule never comes twice: it finds its own mark in
the recipe.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from agent.domain.environment import Reason, Recipe, Step
from agent.domain.verdict import Suite
from agent.validation.ecosystems.node_versions import older_node
from agent.validation.runners.javascript import NODE_BIN

__all__ = ["RULES", "Rule", "amend_node", "install_steps"]

_NODE_STEP = "install Node.js from the npm registry"
_INSTALL_STEP = "install dependencies"
_FEW = ("--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error")
_LATEST_MACHINE_LINE = "20"
# Leaves out of a copy's package.json the dependencies whose names or sources are given.
_LEAVE_OUT = (
    "const fs=require('fs');const m=JSON.parse(fs.readFileSync('package.json','utf8'));"
    "for(const f of ['dependencies','devDependencies','optionalDependencies','peerDependencies'])"
    "for(const n of Object.keys(m[f]||{}))"
    "if(/^(git|github:|https?:|ssh:|[\\w.-]+\\/[\\w.-]+(#|$))/.test(m[f][n])||process.argv.slice(1).includes(n)){console.log('left out: '+n);delete m[f][n];}"
    "fs.writeFileSync('package.json',JSON.stringify(m,null,2));"
    "for(const l of ['package-lock.json','npm-shrinkwrap.json','yarn.lock'])fs.rmSync(l,{force:true});"
)


def install_steps(recipe: Recipe, *, folder: str, node: str, locked: bool, old: bool) -> Recipe:
    """The recipe with the steps that a package needs: an old Node.js if one is wanted, then its dependencies."""
    words = ["npm", "ci" if locked else "install", *_FEW]
    if not locked:
        words.append("--no-package-lock")
        if recipe.as_of:
            words.append(f"--before={recipe.as_of}")
    if old:
        words.append("--legacy-peer-deps")
    step = Step(name=_INSTALL_STEP, run=tuple(words), cwd=folder, network=True, seconds=900)
    # npm makes no folder where there is nothing to install, and what is kept must be there.
    made = Step(name="make the folder for dependencies", run=("mkdir", "-p", "node_modules"), cwd=folder)
    recipe = recipe.model_copy(update={"steps": (step, made)})
    return with_node(recipe, node) if node else recipe


def with_node(recipe: Recipe, version: str) -> Recipe:
    """The recipe with that Node.js for the tests; npm itself keeps running under the machine's."""
    spec = f"node@{version}" if version.count(".") == 2 else f"node@{version}.x"
    run = ("npm", "install", "--prefix", "{env}/node", "--no-save", "--no-audit", "--no-fund", spec)
    step = Step(name=_NODE_STEP, run=run, network=True, seconds=600)
    others = tuple(one for one in recipe.steps if one.name != _NODE_STEP)
    variables = {**recipe.variables, NODE_BIN: "{env}/node/node_modules/node/bin"}
    return recipe.model_copy(update={"steps": (step, *others), "variables": variables})


def node_version(recipe: Recipe) -> str:
    """The Node.js line that the tests run under; empty for the machine's own."""
    step = next((one for one in recipe.steps if one.name == _NODE_STEP), None)
    return step.run[-1].removeprefix("node@").removesuffix(".x") if step else ""


Change = Callable[[Recipe, Suite, re.Match[str]], tuple[Recipe, str] | None]


@dataclass(frozen=True)
class Rule:
    """``when`` is searched in what was printed; ``then`` gives another recipe, or None when it has nothing new."""

    when: re.Pattern[str]
    then: Change


def amend_node(recipe: Recipe, suite: Suite, said: str) -> tuple[Recipe, str] | None:
    """The first rule that fits and still changes something."""
    for rule in RULES:
        match = rule.when.search(said)
        if match is None:
            continue
        amended = rule.then(recipe, suite, match)
        if (amended is not None and amended[0].steps != recipe.steps) or (
            amended is not None and amended[0].variables != recipe.variables
        ):
            changed, note = amended
            return changed.model_copy(update={"reasons": (*recipe.reasons, Reason(text=note))}), note
    return None


def _install(recipe: Recipe) -> Step:
    return next(step for step in recipe.steps if step.name == _INSTALL_STEP)


def _with_install(recipe: Recipe, words: Sequence[str]) -> Recipe:
    step = _install(recipe).model_copy(update={"run": tuple(words)})
    return recipe.model_copy(
        update={"steps": tuple(step if one.name == _INSTALL_STEP else one for one in recipe.steps)}
    )


def _without_lock(recipe: Recipe, _: Suite, __: re.Match[str]) -> tuple[Recipe, str] | None:
    words = list(_install(recipe).run)
    if words[1] != "ci":
        return None
    words[1] = "install"
    words.append("--no-package-lock")
    day = recipe.variables.get("FIGWRIGHT_ERA", "")
    if day:
        words.append(f"--before={_next(day)}")
    return _with_install(recipe, words), "the lock file cannot be used as it is: npm install in place of npm ci"


def _next(day: str, days: int = 1) -> str:
    try:
        return (date.fromisoformat(day[:10]) + timedelta(days=days)).isoformat()
    except (ValueError, OverflowError):
        return day


def _option(option: str, note: str) -> Change:
    def change(recipe: Recipe, _: Suite, __: re.Match[str]) -> tuple[Recipe, str] | None:
        words = _install(recipe).run
        return None if option in words else (_with_install(recipe, [*words, option]), note)

    return change


def _today(recipe: Recipe, _: Suite, match: re.Match[str]) -> tuple[Recipe, str] | None:
    """A manifest may name what was published only after the commit: some weeks are added first, then the date goes."""
    before = next((word for word in _install(recipe).run if word.startswith("--before=")), "")
    if not before:
        return None
    words = [word for word in _install(recipe).run if word != before]
    day = recipe.variables.get("FIGWRIGHT_ERA", "")
    later = f"--before={_next(day, 60)}" if day else ""
    # A package without any version before that day: the registry's dates are those of a mirror and reach back no further.
    reaches = "ENOVERSIONS" not in match.string
    if reaches and day and before == f"--before={_next(day)}":
        changed = _with_install(recipe, [*words, later]).model_copy(update={"as_of": _next(day, 60)})
        return changed, "a version that is named was published after the commit: 60 days are added to its date"
    changed = _with_install(recipe, words).model_copy(update={"as_of": ""})
    return changed, "versions of the commit's date cannot be resolved: today's that fit are taken"


def _leave_out(recipe: Recipe, _: Suite, __: re.Match[str]) -> tuple[Recipe, str] | None:
    name = "leave out dependencies that no registry has"
    if any(step.name == name for step in recipe.steps):
        return None
    step = Step(name=name, run=("{toolchain:node}", "-e", _LEAVE_OUT), cwd=_install(recipe).cwd)
    words = ["install" if word == "ci" else word for word in _install(recipe).run]
    at = next(index for index, one in enumerate(recipe.steps) if one.name == _INSTALL_STEP)
    changed = _with_install(recipe.model_copy(update={"steps": (*recipe.steps[:at], step, *recipe.steps[at:])}), words)
    return changed, "dependencies from git and other addresses cannot be reached here: installed without them"


def _rebuild(recipe: Recipe, _: Suite, __: re.Match[str]) -> tuple[Recipe, str] | None:
    name = "build native modules"
    if any(step.name == name for step in recipe.steps):
        return None
    step = Step(
        name=name,
        run=("npm", "rebuild", "--foreground-scripts"),
        env={"npm_config_nodedir": "{toolchain:node:home}"},
        cwd=_install(recipe).cwd,
        network=True,
        needed=False,
        seconds=900,
    )
    return recipe.model_copy(update={"steps": (*recipe.steps, step)}), "native modules are built (npm rebuild)"


def _older(recipe: Recipe, _: Suite, match: re.Match[str]) -> tuple[Recipe, str] | None:
    current = node_version(recipe) or _LATEST_MACHINE_LINE
    version = older_node(current, recipe.variables.get("FIGWRIGHT_ERA", ""))
    if not version:
        return None
    return with_node(
        recipe, version
    ), f"Node.js {version} for the tests, as under {current} they do not load: {_words(match)}"


def _newer(recipe: Recipe, _: Suite, match: re.Match[str]) -> tuple[Recipe, str] | None:
    """Back to a newer line: a dependency is written for one."""
    current = node_version(recipe)
    tried = {"0.8": "4", "0.10": "4", "0.12": "6", "4": "8", "6": "10", "8": "12", "10": "14", "12": "16", "14": "18"}
    version = tried.get(current if current.startswith("0.") else current.split(".")[0], "") if current else ""
    if not version:
        return None
    return with_node(
        recipe, version
    ), f"Node.js {version} for the tests, as {current} is too old for a dependency: {_words(match)}"


def _words(match: re.Match[str]) -> str:
    return " ".join(match[0].split())[:120]


def _openssl(recipe: Recipe, _: Suite, __: re.Match[str]) -> tuple[Recipe, str] | None:
    variables = {**recipe.variables, "NODE_OPTIONS": "--openssl-legacy-provider"}
    return recipe.model_copy(
        update={"variables": variables}
    ), "old hash functions are allowed (--openssl-legacy-provider)"


def _cache(recipe: Recipe, _: Suite, __: re.Match[str]) -> tuple[Recipe, str] | None:
    variables = {**recipe.variables, "CACHE_DIR": "{out}/cache", "BABEL_CACHE_PATH": "{out}/babel.json"}
    return recipe.model_copy(update={"variables": variables}), "caches go elsewhere: node_modules cannot be written to"


def _missing(recipe: Recipe, _: Suite, match: re.Match[str]) -> tuple[Recipe, str] | None:
    """A package that the tests use and nobody declares, as once was usual for what people had installed globally."""
    found = next(group for group in match.groups() if group)
    package = "/".join(found.split("/")[: 2 if found.startswith("@") else 1])
    name = f"install {package}"
    if any(step.name == name for step in recipe.steps) or package in _BUILT_IN:
        return None
    words = [word for word in _install(recipe).run[2:] if not word.startswith("--no-package-lock")]
    day = recipe.variables.get("FIGWRIGHT_ERA", "")
    if day and not any(word.startswith("--before=") for word in words):
        words.append(f"--before={_next(day)}")
    run = ("npm", "install", package, "--no-save", "--no-package-lock", *words)
    step = Step(name=name, run=run, cwd=_install(recipe).cwd, network=True, needed=False, seconds=300)
    return recipe.model_copy(
        update={"steps": (*recipe.steps, step)}
    ), f"{package} is added: the tests use it and package.json does not name it"


_BUILT_IN = frozenset(
    "assert async_hooks buffer child_process cluster console constants crypto dgram dns domain events fs http http2 https inspector"
    " module net os path perf_hooks process punycode querystring readline repl stream string_decoder sys test timers tls tty url"
    " util v8 vm wasi worker_threads zlib sh node npm npx make".split()
)
_OLD_CODE = (
    r"primordials is not defined|process\.binding|No such module: (?:evals|natives|http_parser)|Class extends value undefined"
    r"|os\.tmpDir is not a function|require\.paths|sys is deprecated|util\.\w+ is not a function|Cannot find module 'sys'"
    r"|The \"(?:original|path|file|cb|callback|string|listener)\" argument must be|GLOBAL is not defined|root is not defined"
    r"|domain\.dispose|fs\.existsSync is not|path\.existsSync is not a function|path\.exists is not a function|is not a constructor\n"
    r"|Callback must be a function|Cannot set property \w+ of #<\w+> which has only a getter|\.toObject is not a function"
    r"|(?:mocha|jest|tap|ava|vows|npm|jasmine|tape) (?:ended with exit code \d+ and (?:ran no test|left no report)|ended before its last test)"
)
RULES: tuple[Rule, ...] = (
    Rule(re.compile(r"npm ci` can only|can only install packages (?:when|with)|npm error code EUSAGE"), _without_lock),
    Rule(
        re.compile(r"code ERESOLVE|ERESOLVE unable"),
        _option("--legacy-peer-deps", "peer dependencies are not insisted on"),
    ),
    Rule(
        re.compile(
            r"git ls-remote|codeload\.|ssh://git@|EALLOWGIT|allow-git|syscall spawn git|Could not resolve host|EUNSUPPORTEDPROTOCOL|code ENOTFOUND|code E40[134][^\n]*(?:tar|github)|code EAI_AGAIN"
        ),
        _leave_out,
    ),
    Rule(re.compile(r"ETARGET|ENOVERSIONS|No matching version|notarget"), _today),
    Rule(re.compile(r"ERR_OSSL_EVP_UNSUPPORTED|digital envelope routines::unsupported"), _openssl),
    Rule(re.compile(r"EROFS[^\n]*node_modules|EACCES[^\n]*node_modules/\.cache"), _cache),
    Rule(
        re.compile(
            r"Could not locate the bindings file|build/(?:Release|Debug)/[\w.-]+(?:\.node)?'|node-pre-gyp|prebuild-install|ERR_DLOPEN_FAILED|was compiled against a different Node"
        ),
        _rebuild,
    ),
    Rule(
        re.compile(
            r"SyntaxError: [^\n]*|Cannot find module 'node:\w+'|Object\.(?:assign|values|entries) is not a function"
            r"|\.(?:padStart|includes|flatMap) is not a function|(?:Symbol|Promise|Proxy|globalThis|TextEncoder) is not defined"
        ),
        _newer,
    ),
    Rule(
        re.compile(
            r"Cannot find (?:module|package) '(@[\w.-]+/[\w.-]+|[a-z][\w.-]*)[/']|\b(?:sh|/bin/sh): \d+: ([a-z][\w-]*): not found"
        ),
        _missing,
    ),
    Rule(re.compile(_OLD_CODE), _older),
)
