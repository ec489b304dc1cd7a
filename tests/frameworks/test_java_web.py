"""Servlets, JAX-RS and Stripes: routes, pages and the links between them."""

from __future__ import annotations

import pytest

from agent.frameworks.stripes import default_binding
from agent.frameworks.web_routes import fits, join_path
from tests.frameworks.java_systems import edges, graph_of

SERVLETS = {
    "web/src/main/java/shop/Orders.java": """package shop; import javax.servlet.http.*;
        class Orders extends HttpServlet {
            static final String PAGE = "/orders.jsp";
            protected void doGet(HttpServletRequest q, HttpServletResponse r) {
                q.getRequestDispatcher(PAGE).forward(q, r); }
            protected void doPost(HttpServletRequest q, HttpServletResponse r) { show("/WEB-INF/done.jsp"); }
        }""",
    "web/src/main/java/shop/Bare.java": """package shop; import javax.servlet.annotation.WebServlet;
        @WebServlet({"/bare/*", "/x"}) class Bare extends Orders {}""",
    "web/src/main/webapp/WEB-INF/web.xml": """<web-app xmlns="http://java.sun.com/xml/ns/javaee">
        <servlet><servlet-name>o</servlet-name><servlet-class>shop.Orders</servlet-class></servlet>
        <servlet><servlet-name>p</servlet-name><jsp-file>/orders.jsp</jsp-file></servlet>
        <servlet-mapping><servlet-name>o</servlet-name><url-pattern>/orders</url-pattern></servlet-mapping>
        <servlet-mapping><servlet-name>p</servlet-name><url-pattern>/page</url-pattern></servlet-mapping>
        <servlet-mapping><servlet-name>gone</servlet-name><url-pattern>/gone</url-pattern></servlet-mapping></web-app>""",
    "web/src/main/webapp/orders.jsp": '<jsp:include page="parts/top.jsp"/><form action="/shop/../orders" method="post">'
    '<a href="orders?x=1">a</a>',
    "web/src/main/webapp/parts/top.jsp": "<p>",
    "web/src/main/webapp/WEB-INF/done.jsp": "<p>",
}
PAGES = "template:web/src/main/webapp/"


def test_servlet_mappings_lead_to_the_methods_that_serve() -> None:
    assert edges(graph_of(SERVLETS), "handle") == {
        ("route:GET /orders", "shop.Orders.doGet"),
        ("route:POST /orders", "shop.Orders.doPost"),
        ("route:GET /bare/*", "shop.Bare"),
        ("route:POST /bare/*", "shop.Bare"),
        ("route:GET /x", "shop.Bare"),
        ("route:POST /x", "shop.Bare"),
        ("route:GET /page", PAGES + "orders.jsp"),
    }


def test_a_servlet_with_an_inherited_method_is_served_by_it() -> None:
    graph = graph_of(SERVLETS)
    assert "shop.Orders.doGet" in graph.reached_from("shop.Bare")


def test_servlets_forward_and_pages_include() -> None:
    graph = graph_of(SERVLETS)
    assert {(e.source, e.target, e.resolution) for e in graph.dependencies if e.kind == "render"} == {
        ("shop.Orders.doGet", PAGES + "orders.jsp", "exact"),
        ("shop.Orders.doPost", PAGES + "WEB-INF/done.jsp", "inferred"),
        (PAGES + "orders.jsp", PAGES + "parts/top.jsp", "exact"),
    }
    assert (PAGES + "orders.jsp", "route:GET /orders") in edges(graph, "call")


def test_jaxrs_resources() -> None:
    graph = graph_of(
        {
            "App.java": '@ApplicationPath("/rest") class App {}',
            "P.java": 'class P { static final String BASE = "orders"; }',
            "R.java": """@Path(P.BASE) class R { @GET Object all() { return 1; }
                @POST @Path("{id: [0-9]{1,3}}/lines") void add() {} @Path("sub") Object locator() { return 2; } }""",
            "N.java": "class N { @GET Object retrofit() { return 1; } }",
        }
    )
    assert edges(graph, "handle") == {
        ("route:GET /rest/orders", "R.all"),
        ("route:POST /rest/orders/{id}/lines", "R.add"),
    }


STRIPES = {
    "src/main/java/org/shop/web/actions/CartActionBean.java": """package org.shop.web.actions;
        import net.sourceforge.stripes.action.*;
        public class CartActionBean implements ActionBean {
            private static final String CART = "/WEB-INF/jsp/Cart.jsp";
            @DefaultHandler public Resolution view() { return new ForwardResolution(CART); }
            public Resolution add() { return new RedirectResolution(CartActionBean.class); }
            @HandlesEvent("drop") public ForwardResolution remove() { return new ForwardResolution("/nowhere.jsp"); }
            Resolution hidden() { return null; }
            public Resolution helper(int x) { return null; } }""",
    "src/main/java/org/shop/web/BuyActionBean.java": """package org.shop.web; import net.sourceforge.stripes.action.*;
        @UrlBinding("/buy/{$event}/{id}") public class BuyActionBean implements ActionBean {
            public Resolution now() { return null; } public Resolution later() { return null; } }""",
    "src/main/webapp/WEB-INF/jsp/Cart.jsp": """<stripes:link beanclass="org.shop.web.actions.CartActionBean" event="add"/>
        <stripes:form beanclass="org.shop.web.actions.CartActionBean"><stripes:submit name="drop"/></stripes:form>""",
}


def test_stripes_action_beans() -> None:
    graph = graph_of(STRIPES)
    bean, page = "org.shop.web.actions.CartActionBean", "template:src/main/webapp/WEB-INF/jsp/Cart.jsp"
    assert edges(graph, "handle") == {
        ("route:ANY /actions/Cart.action", bean + ".view"),
        ("route:ANY /actions/Cart.action?add", bean + ".add"),
        ("route:ANY /actions/Cart.action?drop", bean + ".remove"),
        ("route:ANY /buy/now/{id}", "org.shop.web.BuyActionBean.now"),
        ("route:ANY /buy/later/{id}", "org.shop.web.BuyActionBean.later"),
    }
    assert edges(graph, "render") == {(bean + ".view", page), (bean + ".remove", "template:nowhere.jsp")}
    assert {target for source, target in edges(graph, "call") if source == page} == {
        "route:ANY /actions/Cart.action",
        "route:ANY /actions/Cart.action?add",
        "route:ANY /actions/Cart.action?drop",
    }


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("org.shop.web.actions.CartActionBean", "/actions/Cart.action"),
        ("org.shop.web.user.RegisterAction", "/user/Register.action"),
        ("stripes.LoginBean", "/Login.action"),
        ("org.shop.Plain", "/org/shop/Plain.action"),
    ],
)
def test_default_urls_follow_stripes_naming(name: str, url: str) -> None:
    assert default_binding(name) == url


def test_url_patterns() -> None:
    assert join_path("/a/", "", "//{id:\\d{2}}/") == "/a/{id}"
    assert join_path("", "/") == "/"
    assert fits("/a/{id}", "/a/1")
    assert not fits("/a/{id}", "/a/1/b")
    assert fits("/a/*", "/a/1/b")
    assert fits("*.do", "/x/save.do")
    assert fits("/a/pre-{x}.html", "/a/pre-1.html")
    assert not fits("/a/pre-{x}.html", "/a/pre-.html")
