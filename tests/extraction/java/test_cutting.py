"""Slices of a small program of servlets: files and a service's routes in, the files of the slice out."""

from __future__ import annotations

import re
from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from agent.extraction.slicing import Cut, Demand, Slice
from agent.extraction.slicing_java import choose, read_java_demands, witnessed_java_demands, write_slice
from agent.extraction.slicing_java.program import JavaProgram, read_java_program
from agent.extraction.slicing_java.sources import read_source
from agent.languages.java import LANGUAGE
from tests.systems import graph_of

MAIN = "src/main/java/shop/"
BASE = """\
package shop;

import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;

public abstract class Base extends HttpServlet {
    protected abstract String handle(HttpServletRequest req);

    @Override
    public void doGet(HttpServletRequest req, HttpServletResponse resp) {
        handle(req);
    }
}
"""
ORDERS = """\
package shop;

import javax.servlet.http.HttpServletRequest;

import shop.model.Order;
import shop.model.Stock;

public class Orders extends Base {
    private final OrderDao dao = new OrderDao();

    @Override
    protected String handle(HttpServletRequest req) {
        Order one = dao.find(req.getParameter("no"));
        return "order";
    }
}
"""
STOCKS = """\
package shop;

import javax.servlet.annotation.WebServlet;
import javax.servlet.http.HttpServletRequest;

@WebServlet("/stock")
public class Stocks extends Base {
    @Override
    protected String handle(HttpServletRequest req) {
        return new OrderDao().stock().toString();
    }
}
"""
DAO = """\
package shop;

import shop.model.Order;
import shop.model.Stock;

public class OrderDao implements Comparable<OrderDao> {
    private static final String SQL = "SELECT 1";
    private static final String OTHER = "SELECT 2";

    // by its number
    public Order find(String no) {
        log(SQL);
        return new Order(no);
    }

    /** What lies there. */
    public Stock stock() {
        log(OTHER);
        return new Stock();
    }

    private void log(String what) {
    }

    public int compareTo(OrderDao other) {
        return 0;
    }
}
"""
ORDER = """\
package shop.model;

public class Order {
    private final String no;

    public Order(String no) {
        this.no = no;
    }

    public String getNo() {
        return no;
    }

    public String getSecret() {
        return "s";
    }
}
"""
WEB = """\
<web-app>
  <servlet><servlet-name>orders</servlet-name><servlet-class>shop.Orders</servlet-class></servlet>
  <servlet><servlet-name>old</servlet-name><servlet-class>shop.Old</servlet-class></servlet>
  <servlet-mapping><servlet-name>orders</servlet-name><url-pattern>/orders</url-pattern></servlet-mapping>
  <servlet-mapping><servlet-name>old</servlet-name><url-pattern>/old</url-pattern></servlet-mapping>
</web-app>
"""
FILES = {
    f"{MAIN}Base.java": BASE,
    f"{MAIN}Orders.java": ORDERS,
    f"{MAIN}Stocks.java": STOCKS,
    f"{MAIN}Old.java": STOCKS.replace("Stocks", "Old").replace('@WebServlet("/stock")\n', ""),
    f"{MAIN}OrderDao.java": DAO,
    f"{MAIN}model/Order.java": ORDER,
    f"{MAIN}model/Stock.java": "package shop.model;\n\npublic class Stock {\n}\n",
    "src/main/webapp/WEB-INF/web.xml": WEB,
    "src/main/webapp/WEB-INF/order.jsp": '<%@ include file="head.jsp" %><%@ page import="shop.model.Order" %>'
    '<%= ((Order) request.getAttribute("o")).getNo() %>\n',
    "src/main/webapp/WEB-INF/head.jsp": "<html>\n",
    "src/main/webapp/WEB-INF/stock.jsp": "<html>\n",
    "src/main/resources/shop.properties": "a=b\n",
    "pom.xml": "<project/>",
    "notes.txt": "x",
}


def program_of(files: Mapping[str, str] = FILES) -> JavaProgram:
    graph = graph_of(files)
    routes = sorted({one.source for one in graph.dependencies if one.kind == "handle"})
    own = frozenset(one for one in routes if one.endswith(" /orders"))
    cut = Cut("orders", own, {one: "stock" for one in routes if one not in own})
    roles = dict.fromkeys(files, "code")
    return read_java_program(graph, roles, lambda path: files[path].encode(), cut, files)


def sliced(*demands: Demand) -> Slice:
    program = program_of()
    return write_slice(program, "orders", choose(program, demands))


def text(made: Slice, path: str) -> str:
    return made.files[path].decode()


def test_a_method_that_nothing_reaches_goes_with_its_comment_and_what_it_alone_used() -> None:
    dao = text(sliced(), f"{MAIN}OrderDao.java")
    assert "// by its number\n    public Order find" in dao
    assert "private void log" in dao
    assert "SELECT 1" in dao
    for gone in ("stock()", "What lies there", "SELECT 2", "import shop.model.Stock"):
        assert gone not in dao


def test_an_import_of_a_class_that_is_not_kept_goes_and_the_class_too() -> None:
    made = sliced()
    assert "import shop.model.Stock;" not in text(made, f"{MAIN}Orders.java")
    assert "import shop.model.Order;" in text(made, f"{MAIN}Orders.java")
    assert f"{MAIN}model/Stock.java" not in made.files


def test_pages_are_followed_to_what_they_include_and_call() -> None:
    made = sliced()
    assert [path.rpartition("/")[2] for path in made.files if path.endswith(".jsp")] == ["head.jsp", "order.jsp"]
    order = text(made, f"{MAIN}model/Order.java")
    assert "getNo" in order
    assert "getSecret" not in order


def test_a_property_that_an_expression_reads_stays_whatever_its_type() -> None:
    page = FILES["src/main/webapp/WEB-INF/order.jsp"] + "${row.secret}\\n"
    program = program_of({**FILES, "src/main/webapp/WEB-INF/order.jsp": page})
    assert "getSecret" in text(write_slice(program, "orders", choose(program)), f"{MAIN}model/Order.java")


def test_an_expression_that_finds_no_property_brings_its_getter_back() -> None:
    said = "javax.el.PropertyNotFoundException: Property [secret] not found on type [shop.model.Order]"
    assert [(one.name, one.module) for one in read_java_demands(_PROGRAM, said)] == [("getSecret", "shop.model.Order")]


def test_what_a_library_may_call_stays() -> None:
    assert "compareTo" in text(sliced(), f"{MAIN}OrderDao.java")


def test_other_services_servlets_are_one_stub_with_their_owners() -> None:
    made = sliced()
    assert f"{MAIN}Stocks.java" not in made.files
    described = text(made, "src/main/webapp/WEB-INF/web.xml")
    assert re.findall(r"<servlet-class>(.*?)<", described) == ["shop.Orders", "figwright.OtherServiceServlet"]
    stub = text(made, "src/main/java/figwright/OtherServiceServlet.java")
    assert '@WebServlet({"/stock"})' in stub
    assert 'OWNERS.put("/old", "stock");' in stub
    assert "/orders" not in stub


def test_a_service_that_serves_nothing_has_a_stub_for_its_own_route_too() -> None:
    program = program_of()
    made = write_slice(program, "orders", choose(program, nothing=True))
    assert f"{MAIN}Orders.java" not in made.files
    assert 'OWNERS.put("/orders", "nobody");' in text(made, "src/main/java/figwright/OtherServiceServlet.java")


def test_lines_are_counted_and_every_member_has_a_reason() -> None:
    made = sliced()
    assert made.lines_of == sum(content.count("\n") for path, content in FILES.items() if path.endswith(".java"))
    assert 0 < made.lines == sum(c.count(b"\n") for path, c in made.files.items() if path.endswith(".java"))
    assert all(piece.reason for piece in made.pieces)
    assert ("src/main/resources/shop.properties" in made.files, "notes.txt" in made.files) == (True, False)


def test_a_class_whose_objects_lie_in_sessions_keeps_every_field() -> None:
    program = program_of(
        {
            **FILES,
            f"{MAIN}model/Order.java": ORDER.replace(
                "    public Order(", "    private String note;\n\n    public Order("
            ),
        }
    )
    for stored, kept in (((), False), (("shop.model.Order",), True)):
        made = write_slice(program, "orders", choose(program, stored=stored))
        assert ("private String note" in text(made, f"{MAIN}model/Order.java")) is kept


def test_a_compilers_complaint_brings_the_member_back() -> None:
    said = (
        f"{MAIN}Orders.java:3: error: cannot find symbol |   symbol:   method stock() |   location: variable dao of type OrderDao\n"
        f"{MAIN}Orders.java:9: error: cannot find symbol |   symbol:   class Stock |   location: class shop.Orders\n"
    )
    program = program_of()
    demands = read_java_demands(program, said)
    assert {(one.kind, one.name, one.module) for one in demands} == {
        ("member", "stock", "shop.OrderDao"),
        ("module", "shop.model.Stock", ""),
    }
    assert "SELECT 2" in text(sliced(*demands), f"{MAIN}OrderDao.java")


def test_a_page_that_names_what_is_gone_brings_it_back() -> None:
    program = program_of()
    said = (
        "The method getSecret() is undefined for the type Order\njava.lang.NoClassDefFoundError: shop/Stocks\n"
        "JSP file [/WEB-INF/stock.jsp] not found"
    )
    found = {(one.kind, one.name) for one in read_java_demands(program, said)}
    assert found == {
        ("member", "getSecret"),
        ("module", "shop.Stocks"),
        ("file", "src/main/webapp/WEB-INF/stock.jsp"),
    }


def test_what_the_monolith_ran_and_the_slice_lacks_is_asked_for() -> None:
    program, made = program_of(), sliced()
    line = DAO.splitlines().index("        log(OTHER);") + 1
    demands = witnessed_java_demands(program, made, {f"{MAIN}OrderDao.java": [line]})
    assert [(one.kind, one.name, one.module) for one in demands] == [("member", "stock", "shop.OrderDao")]
    assert not witnessed_java_demands(program, sliced(*demands), {f"{MAIN}OrderDao.java": [line]})


@given(st.binary(max_size=300))
def test_any_bytes_can_be_read(content: bytes) -> None:
    for source in (content, b"package a;\nclass A { " + content + b" }"):
        _, root = LANGUAGE.extract("A.java", source)
        if root is not None:
            read_source("A.java", source, root)


@given(st.text(max_size=300))
def test_any_text_can_have_been_printed(said: str) -> None:
    read_java_demands(_PROGRAM, f"cannot find symbol | symbol: method {said} | location: {said}")


_PROGRAM = program_of()
