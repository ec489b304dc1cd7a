"""C#: what one file says, and what names, namespaces and usings mean across files."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.languages.bounded_parsing import MAX_BYTES
from agent.languages.csharp import LANGUAGE
from tests.systems import edges, graph_of

SHOP = {
    "Core/Order.cs": """using System; using System.Collections.Generic;
        namespace Shop.Core {
            /// <summary>An order of one <see cref="Customer"/>. More.</summary>
            [Serializable]
            public class Order : Entity, IPriced {
                private readonly List<Line> lines = new List<Line>();
                public Customer Customer { get; set; }
                public Line First { get { return lines[0]; } }
                public Order(Customer customer) : base() { Customer = customer; }
                public decimal Total() { foreach (var line in lines) { line.Price(); } return 0; }
                public static Order Create() => new Order(null);
            }
            public abstract class Entity { public void Touch() {} }
            public interface IPriced { decimal Total(); }
            public enum Status { New, Paid }
        }""",
    "Core/Line.cs": "namespace Shop.Core; public class Line { public decimal Price() => 1; }",
    "Core/Customer.cs": "namespace Shop.Core; public record Customer(string Name) { public string Greet() => Name; }",
    "Web/Orders.cs": """using System.Threading.Tasks; using Shop.Core; using Buyer = Shop.Core.Customer;
        namespace Shop.Web {
            public class Orders {
                private readonly IMailer _mailer;
                public Orders(IMailer mailer) { _mailer = mailer; }
                public async Task<Order> Place(Order order, System.Text.Encoder e, Shop.Core.Status s) {
                    order.Customer.Greet();
                    order?.Touch();
                    this._mailer.Send();
                    var made = Order.Create();
                    made.Total();
                    order.First.Price();
                    if (order is Order other && other != null) { other.Touch(); }
                    var found = await Find(1); found.Total();
                    Buyer buyer = new Buyer("a");
                    buyer.Shout();
                    return new Order(buyer);
                }
                private Task<Order> Find(int id) { throw new NotImplementedException(); }
                public void Unknown(dynamic thing) { thing.Frobnicate(); }
            }
            public interface IMailer { void Send(); }
            public static class Extensions { public static void Shout(this Buyer buyer) {} }
        }""",
}


def calls(source: str) -> set[str]:
    return {target for start, target in edges(graph_of(SHOP), "call") if start == source}


def test_calls_follow_fields_parameters_results_and_extension_methods() -> None:
    assert calls("Shop.Web.Orders.Place") == {
        "Shop.Core.Customer.Greet", "Shop.Core.Entity.Touch", "Shop.Web.IMailer.Send", "Shop.Core.Order.Create",
        "Shop.Core.Order.Total", "Shop.Core.Line.Price", "Shop.Web.Orders.Find", "Shop.Core.Customer", "Shop.Core.Order",
    }  # fmt: skip
    assert calls("Shop.Core.Order.Total") == {"Shop.Core.Line.Price"}
    assert "Shop.Core.Entity" in calls("Shop.Core.Order.<init>")


def test_structure_of_a_file() -> None:
    graph = graph_of(SHOP)
    order = graph.by_id["Shop.Core.Order"]
    assert (order.kind, order.unit, order.doc, order.decorators) == (
        "class", "Shop.Core.Order", "An order of one Customer.", ("Serializable",),
    )  # fmt: skip
    assert {t for s, t in edges(graph, "inherit") if s == "Shop.Core.Order"} == {
        "Shop.Core.Entity",
        "Shop.Core.IPriced",
    }
    assert ("Shop.Web.Orders", "Shop.Core.Customer") in edges(graph, "import")
    assert ("Shop.Web.Orders.Place", "Shop.Core.Status") in edges(graph, "type")
    assert graph.by_id["Shop.Core.Status"].kind == "enum"


def test_parts_of_a_partial_class_are_one_type() -> None:
    files = {
        "Page.aspx.cs": "namespace W { public partial class Page1 { void Load() { Fill(); Other(); } void Other() {} } }",
        "Page.aspx.designer.cs": "namespace W { public partial class Page1 { void Fill() { Other(); new Help(); } } }",
        "Help.cs": "namespace W { class Help {} }",
    }
    graph = graph_of(files)
    assert graph.by_id["W.Page1"].path == "Page.aspx.cs"
    assert {("W.Page1.Fill", "W.Help"), ("W.Page1.Load", "W.Page1.Other"), ("W.Page1.Fill", "W.Page1.Other")} <= edges(
        graph, "call"
    )


def test_enclosing_namespaces_and_global_usings_need_no_using() -> None:
    files = {
        "Usings.cs": "global using Lib.Deep;",
        "A.cs": "namespace Top; public class A { public void Go() {} }",
        "D.cs": "namespace Lib.Deep; public class D {}",
        "B.cs": "namespace Top.Inner; class B { void Run() { new A().Go(); new D(); new Missing(); } }",
    }
    graph = graph_of(files)
    assert {t for s, t in edges(graph, "call") if s == "Top.Inner.B.Run"} == {"Top.A", "Top.A.Go", "Lib.Deep.D"}
    (count,) = [c for c in graph.counts if c.language == "csharp"]
    assert count.unresolved == 1


def test_predefined_types_and_enums_have_members_of_the_library() -> None:
    files = {
        "E.cs": "enum E { One } class U { bool F(string s) { return string.IsNullOrEmpty(s) || E.One.ToString() == s; } }"
    }
    (count,) = [c for c in graph_of(files).counts if c.language == "csharp"]
    assert (count.unresolved, count.external) == (0, 3)


def test_queries_hand_on_their_elements() -> None:
    files = {
        "Q.cs": """using System.Linq; using System.Collections.Generic; namespace Q {
            class Item { public void Do() {} public Item Next; }
            class Use { List<Item> items;
                void Run() { items.Where(i => i.Next != null).Select(x => x.Do()).ToList();
                    var one = items.OrderBy(i => i.Next).First(); one.Do(); } } }""",
    }
    assert ("Q.Use.Run", "Q.Item.Do") in edges(graph_of(files), "call")


def test_a_member_may_have_its_types_name() -> None:
    files = {
        "A.cs": """namespace A { class Color { public void Mix() {} public static Color Red() => null; public void Dry() {} }
            class Pen { public Color Color { get; set; } void Draw(Color c) { Color.Mix(); c.Dry(); new Color(); } } }""",
    }
    graph = graph_of(files)
    assert {t for s, t in edges(graph, "call") if s == "A.Pen.Draw"} == {"A.Color.Mix", "A.Color.Dry", "A.Color"}
    assert {("A.Pen", "A.Color"), ("A.Pen.Draw", "A.Color")} <= edges(graph, "type")
    assert {e.resolution for e in graph.dependencies if e.kind == "call"} == {"exact"}


def test_complexity_counts_decisions() -> None:
    facts, _ = LANGUAGE.extract(
        "a.cs", b"class A { void F() { if (a && b) {} foreach (var x in y) {} try {} catch (E e) {} } }"
    )
    assert {d.name: d.complexity for d in facts.definitions} == {"A": 1, "A.F": 5}


def test_too_large_and_foreign_encodings_fail_with_a_reason() -> None:
    assert "larger" in LANGUAGE.extract("a.cs", b" " * (MAX_BYTES + 1))[0].failure
    assert "UTF-16" in LANGUAGE.extract("a.cs", b"\xff\xfec\x00")[0].failure


def test_deep_nesting_ends() -> None:
    for opening, closing in ((b"(", b")"), (b"f(", b")"), (b"x => { ", b"}"), (b"!", b""), (b"new A(", b")")):
        LANGUAGE.extract("a.cs", b"class A { int x = " + opening * 4000 + b"1" + closing * 4000 + b"; }")
    LANGUAGE.extract("a.cs", b"namespace a { " * 3000)
    LANGUAGE.extract("a.cs", b"class A { " * 3000)
    LANGUAGE.extract("a.cs", b"class A { int x = a" + b".b()" * 4000 + b"; List<" + b"A<" * 3000)


PIECES = st.sampled_from(
    ["class A ", "{", "}", "(", ")", "x", ".", "?.", "void F", "using ", "B", "namespace N;", ";", "=", "\"s\"", "$\"{a}\"",
     "new ", "[R(\"x\")]", "foreach (var ", " in ", "=>", "<T>", "record R(", "int P { get; set; }", "[0]", "/// <summary>"]
)  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join).map(str.encode) | st.binary(max_size=300))
def test_any_bytes_give_facts(source: bytes) -> None:
    facts, _ = LANGUAGE.extract("a.cs", source)
    assert facts.language == "csharp"
    graph_of({"a.cs": source})
