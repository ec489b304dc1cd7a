"""JSP: includes, links, beans and scriptlets of a page."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.languages.jsp import LANGUAGE
from tests.frameworks.java_systems import edges, graph_of

PAGE = """<%@ page import="java.util.*, shop.Order" %>
<%@ include file="/WEB-INF/top.jsp" %>
<%-- <a href="/commented"> --%><!-- <a href="/hidden"><%= order.id() %> -->
<jsp:useBean id="cart" class="shop.Cart" scope="session"/>
<form action="<%= request.getContextPath() %>/orders" method="post">
<a href="https://elsewhere.example/x">x</a> <a href="/orders/7?x=1">y</a>
<% for (Object o : cart.items()) {
     Order order = (Order) o; %>
  <td><%= order.total() %></td>
<% } %>
"""


def test_a_page_is_read() -> None:
    facts, root = LANGUAGE.extract("web/page.jsp", PAGE.encode())
    assert root is None
    assert [(i.module, i.name) for i in facts.imports] == [("java.util", "*"), ("shop", "Order"), ("shop", "Cart")]
    assert {(r.name, r.kind, r.line) for r in facts.references} >= {
        ("Cart", "type", 4),
        ("order.id", "call", 3),
        ("cart.items", "call", 7),
        ("Order", "type", 8),
        ("order.total", "call", 9),
    }
    assert [(w.kind, w.args) for w in facts.wirings] == [
        ("include", ("/WEB-INF/top.jsp",)),
        ("link", ("<%= request.getContextPath() %>/orders", "POST")),
        ("link", ("/orders/7?x=1", "GET")),
    ]


def test_a_page_depends_on_the_classes_it_names() -> None:
    graph = graph_of(
        {
            "src/shop/Order.java": "package shop; public class Order { public int total() { return 1; } }",
            "src/shop/Cart.java": "package shop; public class Cart { public Object[] items() { return null; } }",
            "web/page.jsp": PAGE,
        }
    )
    calls = edges(graph, "call")
    assert ("template:web/page.jsp", "shop.Cart.items") in calls
    assert ("template:web/page.jsp", "shop.Order.total") in calls


def test_unbounded_tags_are_given_up_with_their_line() -> None:
    facts, _ = LANGUAGE.extract("a.jsp", b"<a " * 100_000)
    assert facts.error_lines == (1,)


@given(st.lists(st.sampled_from(["<%", "%>", "<%@", "<%=", "--%>", "<a ", "href=", '"', ">", "include", "file", " x", "\n", "<jsp:include page='y'/>"]), max_size=40))  # fmt: skip
@settings(max_examples=150, deadline=None)
def test_any_page_is_read_without_an_exception(parts: list[str]) -> None:
    LANGUAGE.extract("a.jsp", "".join(parts).encode())
