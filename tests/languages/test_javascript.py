"""JavaScript and TypeScript: facts of single files, module resolution in small repositories, arbitrary input."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.domain.facts import FileFacts
from agent.graph.resolver import Resolver
from agent.languages.javascript import LANGUAGES
from agent.languages.node_resolution import parse_jsonc
from tests.systems import edges, graph_of

JS, TS = LANGUAGES


def read(source: str, path: str = "src/a.js") -> FileFacts:
    language = TS if path.endswith((".ts", ".tsx", ".mts", ".cts")) else JS
    return language.extract(path, source.encode())[0]


def project(**files: str) -> Resolver:
    return repository({name.replace("__", "/").replace("_", "."): text for name, text in files.items()})


def repository(files: dict[str, str]) -> Resolver:
    code = {path: read(text, path) for path, text in files.items() if path.endswith((*JS.suffixes, *TS.suffixes))}
    return Resolver(code, {language.name: language for language in LANGUAGES}, frozenset(files), files)


def target(repo: Resolver, path: str, name: str) -> str:
    return repo.resolve(path, "", name).target


def names(facts: FileFacts) -> dict[str, str]:
    return {d.name: d.kind for d in facts.definitions}


class TestDefinitions:
    def test_functions_classes_and_methods(self) -> None:
        facts = read(
            "function a() {}\nconst b = () => 1\nvar c = function () {}\nasync function* d() {}\n"
            "class E { f() {} g = () => {}; static h() {} get i() { return 1 } #j() {} x = 1 }\n"
        )
        assert names(facts) == {
            "a": "function", "b": "function", "c": "function", "d": "function", "E": "class", "E.f": "function",
            "E.g": "function", "E.h": "function", "E.i": "function", "E.#j": "function",
        }  # fmt: skip

    def test_commonjs_exports_are_definitions_of_the_module(self) -> None:
        facts = read(
            "exports.a = function () {}\nmodule.exports.b = () => 1\nmodule.exports = { c() {}, d: () => 1, e: 1 }\n"
        )
        assert set(names(facts)) == {"a", "b", "c", "d"}

    def test_a_module_that_is_a_function(self) -> None:
        facts = read("module.exports = (db) => { const list = () => db.all(); return list }")
        assert names(facts) == {"default": "function", "default.list": "function"}
        assert any(b.name == "module.exports" and b.value == "default" for b in facts.bindings)

    def test_prototypes_make_a_class(self) -> None:
        facts = read("function P() { this.x = 1 }\nP.prototype.run = function () {}\nutil.inherits(P, Base)\n")
        assert names(facts) == {"P": "class", "P.run": "function"}
        assert ("P", "Base", "inherit") in {(r.scope, r.name, r.kind) for r in facts.references}

    def test_an_object_with_methods_is_a_class_with_one_instance(self) -> None:
        assert names(read("const o = { a() {}, b: () => 1, c: 2 }\nconst plain = { a: 1 }")) == {
            "o": "class", "o.a": "function", "o.b": "function",
        }  # fmt: skip

    def test_a_wrapped_handler_is_a_function_but_a_mapped_list_is_none(self) -> None:
        facts = read("const show = catchAsync(async (req, res) => {})\nconst ids = rows.map((r) => r.id)\n")
        assert names(facts) == {"show": "function"}

    def test_jsdoc_complexity_and_lines(self) -> None:
        facts = read(
            "/**\n * Adds tax. And more.\n * @param x the net\n */\nexport function tax(x) {\n"
            "  if (x && x > 0 || !x) { for (const y of x) {} }\n  return x ? 1 : 2\n}\n"
        )
        (tax,) = facts.definitions
        assert (tax.doc, tax.line, tax.end_line, tax.complexity) == ("Adds tax.", 5, 8, 6)

    def test_typescript_kinds_types_and_fields(self) -> None:
        facts = read(
            "export interface A extends B<C> { x: D; m(): E }\nenum F { G }\ntype H = I | J\n"
            "@Dec({ a: 1 })\nexport class K<T> extends L implements M {\n"
            "  constructor(private readonly repo: Repo<U>) { super() }\n"
            "  lines: Line[] = []\n  async find(t: T): Promise<Order> { return this.repo.one(t as V) }\n}\n",
            "a.ts",
        )
        assert names(facts)["A"] == "interface"
        assert names(facts)["F"] == "enum"
        assert {d.name: d.returns for d in facts.definitions}["K.find"] == "Order"
        assert {d.name: d.decorators for d in facts.definitions}["K"] == ("Dec",)
        inherits = {(r.scope, r.name) for r in facts.references if r.kind == "inherit"}
        assert inherits == {("A", "B"), ("K", "L"), ("K", "M")}
        types = {r.name for r in facts.references if r.kind == "type"}
        assert {"C", "D", "E", "I", "J", "Repo", "U", "Line", "Order", "V"} <= types
        assert "T" not in types
        fields = {(b.scope, b.name): (b.value, b.element) for b in facts.bindings if b.declared}
        assert fields["K", "repo"] == ("Repo", "")
        assert fields["K", "lines"] == ("Array", "Line")


class TestReferences:
    def test_chains(self) -> None:
        facts = read("repo.find(id)?.lines[0].sku()\nnew Foo(x).go()\n;(await import('./m')).run()\n")
        calls = [r.name for r in facts.references if r.kind == "call"]
        assert {"repo.find", "repo.find().lines[].sku", "Foo", "Foo().go", "require@0.run"} <= set(calls)

    def test_a_parameter_hides_an_import_of_its_name(self) -> None:
        facts = read("import db from './db'\nfunction f(db) { db.get() }\nfunction g() { db.get() }\n")
        calls = {r.scope: r.name for r in facts.references if r.kind == "call"}
        assert calls == {"f": "?db.get", "g": "db.get"}

    def test_functions_that_are_passed_on_are_used(self) -> None:
        facts = read("const { list } = require('./c')\nfunction own() {}\napp.get('/', list, own, unknown)\n")
        assert {r.name for r in facts.references if r.kind == "use"} == {"list", "own"}

    def test_components_are_used_and_elements_are_not(self) -> None:
        facts = read("import Row from './Row'\nexport const T = () => <div><Row a={f()}/></div>\n", "t.jsx")
        assert [r.name for r in facts.references if r.kind == "use"] == ["Row"]

    def test_sql_in_strings_comes_back_as_fragments(self) -> None:
        facts = read(
            "function f(t) {\n db.q(`SELECT * FROM orders WHERE id = ${t}`)\n"
            " db.q('UPDATE a SET b = ' + t + ' WHERE c')\n log('Select an item') }"
        )
        assert [(f.text, f.line, f.scope) for f in facts.fragments] == [
            ("SELECT * FROM orders WHERE id = {}", 2, "f"),
            ("UPDATE a SET b = {} WHERE c", 3, "f"),
        ]


class TestResolution:
    def test_es_modules(self) -> None:
        repo = project(
            a_js="import D, { x as y, z } from './b'\nimport * as N from './b'\nexport { x } from './b'\n",
            b_js="export default class Q {}\nexport function x() {}\nexport const z = x\n",
            c_js="import { x } from './a'\n",
        )
        assert target(repo, "a.js", "D") == "b.js#Q"
        assert target(repo, "a.js", "y") == "b.js#x"
        assert target(repo, "a.js", "z") == "b.js#x"
        assert target(repo, "a.js", "N.x") == "b.js#x"
        assert target(repo, "c.js", "x") == "b.js#x"

    def test_commonjs_modules(self) -> None:
        repo = project(
            a_js="const f = require('./f')\nconst { g: h } = require('./g')\nconst all = require('./all')\n"
            "const one = require('./g').g\nconst inst = require('./inst')\n",
            f_js="module.exports = function () {}\n",
            g_js="const g = () => 1\nmodule.exports = { g }\n",
            all_js="module.exports = { f: require('./f'), g: require('./g').g }\n",
            inst_js="class S { run() {} }\nmodule.exports = new S()\n",
        )
        assert target(repo, "a.js", "f") == "f.js#default"
        assert target(repo, "a.js", "h") == "g.js#g"
        assert target(repo, "a.js", "one") == "g.js#g"
        assert target(repo, "a.js", "all.f") == "f.js#default"
        assert target(repo, "a.js", "all.g") == "g.js#g"
        assert target(repo, "a.js", "inst.run") == "inst.js#S.run"

    def test_a_star_export_is_followed(self) -> None:
        repo = project(a_js="import { x } from './b'", b_js="export * from './c'", c_js="export function x() {}")
        assert target(repo, "a.js", "x") == "c.js#x"

    def test_circular_re_exports_end(self) -> None:
        repo = project(a_js="export { x } from './b'\nimport { x as y } from './b'", b_js="export { x } from './a'")
        assert repo.resolve("a.js", "", "y").resolution == "unresolved"

    @pytest.mark.parametrize(
        ("specifier", "expected"),
        [
            ("./b", "src/b.ts"),
            ("./b.js", "src/b.ts"),
            ("./dir", "src/dir/index.tsx"),
            ("..", "index.js"),
            ("@/b", "src/b.ts"),
            ("lib/c", "src/lib/c.ts"),
            ("own", "packages/own/src/main.ts"),
            ("own/sub", "packages/own/src/sub.ts"),
            ("@org/x", "packages/x/index.js"),
            ("#internal", "src/b.ts"),
            ("fs", "external:fs"),
            ("node:fs/promises", "external:fs"),
            ("react", "external:react"),
            ("@scope/pkg/deep", "external:@scope/pkg"),
            ("./nope", "unresolved:no such file"),
            ("../../../etc/passwd", "unresolved:outside the repository"),
            ("./{}", "unresolved:computed module name"),
        ],
    )
    def test_specifiers(self, specifier: str, expected: str) -> None:
        files = {
            "package.json": '{"name": "root", "workspaces": ["packages/*"], "imports": {"#internal": "./src/b.js"}}',
            "tsconfig.json": '{ // options\n "compilerOptions": {"baseUrl": "src", "paths": {"@/*": ["*",],},}, }',
            "index.js": "", "src/a.ts": "", "src/b.ts": "", "src/dir/index.tsx": "", "src/lib/c.ts": "",
            "packages/own/package.json": '{"name": "own", "main": "./dist/main.js"}',
            "packages/own/src/main.ts": "", "packages/own/src/sub.ts": "",
            "packages/x/package.json": '{"name": "@org/x"}', "packages/x/index.js": "",
        }  # fmt: skip
        repo = repository({**files, "src/a.ts": f"import '{specifier}'"})
        ((alias, found, _),) = TS.resolve_import(repo.facts("src/a.ts").imports[0], "src/a.ts", repo)
        assert (alias, found) == ("", expected)

    def test_a_workspace_name_is_external_without_workspaces(self) -> None:
        repo = repository(
            {"a.js": "import 'own'", "fixtures/own/package.json": '{"name": "own"}', "fixtures/own/index.js": ""}
        )
        assert JS.resolve_import(repo.facts("a.js").imports[0], "a.js", repo) == (("", "external:own", ""),)

    def test_an_asset_leads_nowhere(self) -> None:
        repo = repository({"a.js": "import './a.css'", "a.css": ""})
        assert JS.resolve_import(repo.facts("a.js").imports[0], "a.js", repo) == ()


class TestArbitraryInput:
    @settings(max_examples=60, deadline=None)
    @given(st.binary(max_size=400))
    def test_any_bytes(self, source: bytes) -> None:
        for path in ("a.js", "a.ts", "a.tsx"):
            language = JS if path == "a.js" else TS
            assert isinstance(language.extract(path, source)[0], FileFacts)

    @settings(max_examples=60, deadline=None)
    @given(
        st.lists(
            st.sampled_from(
                "function class { } ( ) => = , ; module.exports exports.x require('./a') import export default from "
                "const a b.c this.d new extends `${ ` ' [ ] ... await < / > /** */ if return".split()
            ),
            max_size=60,
        )
    )
    def test_shuffled_tokens(self, tokens: list[str]) -> None:
        source = " ".join(tokens)
        assert read(source) == read(source)
        read(source, "a.tsx")

    @pytest.mark.parametrize(
        "piece",
        ["(", "[", "{", "a=", "a(", "!", "x=>", "function f(){", "class A extends (", "exports=", "[{a:", "f()."],
    )
    def test_deep_nesting_does_not_recurse(self, piece: str) -> None:
        for path in ("a.js", "a.ts"):
            assert read(piece * 3000, path).failure == ""

    def test_a_long_sum_is_looked_at_once(self) -> None:
        start = time.process_time()
        read("x = 'SELECT a ' + " + "'pppppppppppppppppppp' + " * 4000 + "1")
        assert time.process_time() - start < 2

    def test_a_huge_file_is_refused_with_a_reason(self) -> None:
        facts, root = JS.extract("a.js", b"a" * 2_000_001)
        assert facts.failure == "larger than 2,000,000 bytes"
        assert root is None

    def test_broken_lines_are_counted_and_the_rest_is_read(self) -> None:
        facts = read("function a() {}\nconst = = 3\nfunction b() {}\n")
        assert facts.error_lines == (2,)
        assert set(names(facts)) >= {"a", "b"}

    @given(st.text(max_size=200))
    def test_any_configuration(self, text: str) -> None:
        assert isinstance(parse_jsonc(text), dict)

    def test_configuration_with_comments_and_trailing_commas(self) -> None:
        assert parse_jsonc('{"a": "x//y", /* c */ "b": [1, 2,], // d\n}') == {"a": "x//y", "b": [1, 2]}


def test_a_module_calls_its_own_exports() -> None:
    graph = graph_of(
        {"a.js": "exports.one = function () { exports.two(); go(exports.two); };\nexports.two = function () {};\n"}
    )
    assert ("a.js#one", "a.js#two") in edges(graph, "call")
    assert ("a.js#one", "a.js#two") in edges(graph, "use")


def test_an_export_and_a_variable_of_one_name_are_two_things() -> None:
    files = {
        "invoice.js": "exports.find = function () {};",
        "a.js": "var invoice = require('./invoice');\nexports.invoice = function () { invoice.find(); };\n"
        "exports.other = function () { var invoice = make(); invoice.find(); };\n",
        "b.js": "var a = require('./a');\nfunction go() { a.invoice(); }\n",
    }
    graph = graph_of(files)
    assert ("a.js#invoice", "invoice.js#find") in edges(graph, "call")
    assert ("a.js#other", "invoice.js#find") not in edges(graph, "call")
    assert ("b.js#go", "a.js#invoice") in edges(graph, "call")
    assert ("a.js", "invoice.js") in edges(graph, "import")
