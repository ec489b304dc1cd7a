"""Perl: quotes, POD and here-documents; packages, exports and @ISA across files; no exception on any bytes."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.domain.code import DependencyGraph
from agent.languages.perl import LANGUAGE
from agent.languages.perl_tokens import tokens_of
from tests.systems import edges, graph_of

SHOP = {
    "lib/Shop/Order.pm": """package Shop::Order;
use strict;
use parent 'Shop::Base';
use Shop::Text qw(wrap);
use List::Util qw(sum);

=head1 METHODS

sub not_code { }

=cut

# The sum of all lines. More.
sub total {
    my ($self, $x) = @_;
    my $text = <<"END" . wrap('sub inner {');
    $self->nothing(); sub fake {
END
    my $line = Shop::Line->new(1);
    $line->price if $x && $x =~ m{sub \\{ };
    $self->touch; $self->SUPER::total();
    return sum(1, 2) / helper(3) / 4;
}

sub helper { return $_[0] ? 1 : 2 }
__PACKAGE__->helper;
1;
__END__
sub after { helper() }
""",
    "lib/Shop/Base.pm": "package Shop::Base;\nuse Moo;\nhas name => (is => 'ro');\nsub new { bless {}, shift }\n"
    "sub touch { my $self = shift; $self->name }\nsub total { 0 }\n1;\n",
    "lib/Shop/Line.pm": "package Shop::Line;\nour @ISA = ('Shop::Base');\nsub price { 1 }\n1;\n",
    "lib/Shop/Text.pm": "package Shop::Text;\nuse base qw(Exporter);\nour @EXPORT_OK = qw(wrap);\nour @EXPORT = ('plain');\n"
    "sub wrap { plain(@_) }\nsub plain { $_[0] }\n1;\n",
    "bin/run.pl": """#!/usr/bin/perl
use lib 'lib';
use Shop::Order;
use Shop::Text;
require './common.pl';
require "missing.pl";
my $order = Shop::Order->new;
print $order->total, "\\n";
plain("x");
common();
main();
my $old = new Shop::Line(2);
&Shop::Text::wrap(1);
my %h = (wrap => 1, s => 2); $h{y};
sub main { Shop::Text::plain(1); unknown_thing(2) }
""",
    "bin/common.pl": "sub common { 1 }\n1;\n",
}


def calls(graph: DependencyGraph, source: str) -> set[str]:
    return {target for start, target in edges(graph, "call") if start == source}


def test_methods_follow_inheritance_and_created_values() -> None:
    graph = graph_of(SHOP)
    assert calls(graph, "lib/Shop/Order.pm#Shop::Order.total") == {
        "lib/Shop/Text.pm#Shop::Text.wrap", "lib/Shop/Base.pm#Shop::Base.new", "lib/Shop/Line.pm#Shop::Line.price",
        "lib/Shop/Base.pm#Shop::Base.touch", "lib/Shop/Base.pm#Shop::Base.total", "lib/Shop/Order.pm#Shop::Order.helper",
    }  # fmt: skip
    assert calls(graph, "lib/Shop/Base.pm#Shop::Base.touch") == {"lib/Shop/Base.pm#Shop::Base.name"}
    assert edges(graph, "inherit") == {
        ("lib/Shop/Order.pm#Shop::Order", "lib/Shop/Base.pm#Shop::Base"),
        ("lib/Shop/Line.pm#Shop::Line", "lib/Shop/Base.pm#Shop::Base"),
    }


def test_a_script_calls_what_it_uses_and_requires() -> None:
    graph = graph_of(SHOP)
    assert calls(graph, "bin/run.pl") == {
        "lib/Shop/Base.pm#Shop::Base.new", "lib/Shop/Order.pm#Shop::Order.total", "lib/Shop/Text.pm#Shop::Text.plain",
        "bin/common.pl#common", "bin/run.pl#main", "lib/Shop/Text.pm#Shop::Text.wrap",
    }  # fmt: skip
    assert edges(graph, "import") >= {
        ("bin/run.pl", "lib/Shop/Order.pm"), ("bin/run.pl", "lib/Shop/Text.pm"), ("bin/run.pl", "bin/common.pl"),
        ("lib/Shop/Order.pm", "lib/Shop/Base.pm"),
    }  # fmt: skip
    (count,) = graph.counts
    assert dict(count.reasons) == {"import: required file is not in the repository": 1, "name not found": 1}


def test_pod_strings_and_what_follows_the_end_define_nothing() -> None:
    graph = graph_of(SHOP)
    names = {s.id.partition("#")[2] for s in graph.symbols if s.path == "lib/Shop/Order.pm"}
    assert names == {"", "Shop::Order", "Shop::Order.total", "Shop::Order.helper"}
    total = graph.by_id["lib/Shop/Order.pm#Shop::Order.total"]
    assert (total.line, total.end_line, total.doc, total.complexity) == (14, 23, "The sum of all lines.", 3)


def test_packages_in_blocks_and_several_in_a_file() -> None:
    source = (
        b"package A { sub x { B->y } }\npackage B;\nsub y { z() }\nsub z;\nsub z { 1 }\npackage main;\nsub m { A->x }\n"
    )
    names = {d.name for d in LANGUAGE.extract("a.pl", source)[0].definitions}
    assert names == {"A", "A.x", "B", "B.y", "B.z", "m"}
    assert edges(graph_of({"a.pl": source}), "call") == {
        ("a.pl#A.x", "a.pl#B.y"), ("a.pl#B.y", "a.pl#B.z"), ("a.pl#m", "a.pl#A.x"),
    }  # fmt: skip


def test_copies_of_a_package_are_told_apart_by_file() -> None:
    packed = "package U;\nsub f { g() }\nsub g { 1 }\n"
    graph = graph_of({"a.pl": packed, "b.pl": packed, "c/d.pl": "U::f();\n"})
    assert edges(graph, "call") == {("a.pl#U.f", "a.pl#U.g"), ("b.pl#U.f", "b.pl#U.g")}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("my $x = $y / 2; # /", ["my", "$x", "=", "$y", "/", "2", ";"]),
        ("split /,/, $x", ["split", ",", ",", "$x"]),
        ("s{a}{ sub b {} }g; t()", ["a", ";", "t", "(", ")"]),
        ("$h{s} = y($a)($b)", ["$h", "{", "s", "}", "=", "$a"]),
        ("q => 1, -s => 2", ["q", "=>", "1", ",", "-", "s", "=>", "2"]),
        ("f(<<A, <<'B');\na { \nA\nb }\nB\ng", ["f", "(", "", ",", "", ")", ";", "g"]),
        ("$#{$x} + $#y", ["$#", "{", "$x", "}", "+", "$#y"]),
        ("=pod\nx\n=cut\ny", ["y"]),
        ("1 << 2", ["1", "<", "<", "2"]),
        ("qw(a b) x $'", ["a b", "x", "$'"]),
    ],
)
def test_code_is_told_from_quotes(code: str, expected: list[str]) -> None:
    assert [token.text for token in tokens_of(code)[0]] == expected


def test_lines_are_counted_through_literals() -> None:
    tokens, _, _ = tokens_of("a\n'x\ny'\nb <<E;\n1\n2\nE\nc\n=pod\n\n=cut\nd\ns/a\n/b\n/; e")
    assert {t.text: t.line for t in tokens if t.kind == "word"} == {"a": 1, "b": 4, "c": 8, "d": 12, "e": 15}


def test_too_large_and_foreign_encodings_fail_with_a_reason() -> None:
    assert "larger" in LANGUAGE.extract("a.pl", b" " * 2_000_001)[0].failure
    assert "UTF-16" in LANGUAGE.extract("a.pl", b"\xff\xfep\x00")[0].failure


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "sub a {",
        "q(",
        "'",
        "/",
        "s{",
        "<<A\n",
        "=pod\n",
        "package A {",
        "$x->y",
        "m/",
        "qw(",
        "use A (",
        "\\",
        "@ISA = (",
        "(/",
    ],
)
def test_work_is_bounded(text: str) -> None:
    started = time.process_time()
    LANGUAGE.extract("a.pl", (text * 100_000)[:15_000].encode())
    assert time.process_time() - started < 10


PIECES = st.sampled_from(
    ["package A", ";", "{", "}", "sub f", "(", ")", "$x", "->", "::", "m/", "q{", "'", '"', "<<E\n", "E\n", "\n", "=pod\n", "=cut\n",
     "use B qw(c);", "@ISA = ", "has a => ", "s/", "y/", "#", "__END__", "return ", "A", "f", "=>", "&", "\\", "if ", "require 'x';"]
)  # fmt: skip


@settings(max_examples=50, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join).map(str.encode) | st.binary(max_size=300))
def test_any_bytes_give_facts(source: bytes) -> None:
    facts, _ = LANGUAGE.extract("a.pl", source)
    assert (facts.language, facts.failure.startswith("UTF-16") or not facts.failure) == ("perl", True)
    graph_of({"a.pl": source, "lib/A.pm": source})
