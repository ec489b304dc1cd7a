"""JPA: entities and their tables, queries, entity manager operations, Spring Data repositories, mapping files."""

from __future__ import annotations

import pytest

from agent.frameworks.jpa import FRAMEWORK
from agent.frameworks.jpql import entities_of
from tests.frameworks.java_systems import edges, facts_of, graph_of

MODEL = {
    "src/shop/Base.java": """package shop; import jakarta.persistence.*;
        @MappedSuperclass class Base { @Id Long id; @ManyToOne Customer owner; }""",
    "src/shop/Order.java": """package shop; import jakarta.persistence.*; import java.util.*;
        @Entity @Table(name = "orders")
        @NamedQuery(name = "Order.open", query = "select o from Order o where o.state = 1")
        class Order extends Base {
            static final String X = "no column";
            @Column(name = "total_amount") int total;
            @ManyToOne @JoinColumn(name = "cust_id") Customer customer;
            @OneToMany(mappedBy = "order") List<OrderLine> lines;
            @ManyToMany @JoinTable(name = "order_tags") Set<Tag> tags;
            @Transient int cached;
            void setTotal(int t) {}
        }""",
    "src/shop/Customer.java": "package shop; import javax.persistence.*; @Entity class Customer { @Id int id; }",
    "src/shop/BigCustomer.java": "package shop; import javax.persistence.*; @Entity class BigCustomer extends Customer {}",
    "src/shop/OrderLine.java": """package shop; import javax.persistence.*;
        @Entity class OrderLine { private Order order; @ManyToOne public Order getOrder() { return order; } }""",
    "src/shop/Tag.java": "package shop; import javax.persistence.*; @Entity(name = \"Label\") class Tag {}",
    "src/shop/Dao.java": """package shop; import javax.persistence.*;
        class Dao {
            @PersistenceContext EntityManager em;
            void add(Order order) { em.persist(order); em.merge(new Customer()); }
            Order get(int id) { return em.find(Order.class, id); }
            void query() { em.createQuery("select l from OrderLine l join l.order o, Label t"); }
            void change() { String q = "update Order o " + "set o.total = 0"; em.createQuery(q).executeUpdate(); }
            void named() { em.createNamedQuery("Order.open"); }
            void raw() { em.createNativeQuery("delete from audit_log where id = ?"); }
            void price(Order order) { order.setTotal(3); order.getId(); }
        }""",
    "src/shop/Orders.java": """package shop; import org.springframework.data.jpa.repository.*;
        public interface Orders extends JpaRepository<Order, Long> {
            java.util.List<Order> findByTotal(int total);
            @Query("select c from Customer c") Object other();
            @Query(value = "select * from ledger", nativeQuery = true) Object ledger();
            @Modifying @Query("delete from #{#entityName} o") void wipe();
        }""",
    "src/shop/Service.java": """package shop; class Service { Orders orders; void f(Order o) { orders.save(o); } }""",
}  # fmt: skip


def uses(mode: str) -> set[tuple[str, str]]:
    return {(s.removeprefix("shop."), t.removeprefix("table:")) for s, t in edges(graph_of(MODEL), mode)}


def test_entities_declare_their_tables() -> None:
    assert uses("declare") == {
        ("Order", "orders"),
        ("Order", "order_tags"),
        ("Customer", "customer"),
        ("BigCustomer", "customer"),  # one table for the hierarchy
        ("OrderLine", "orderline"),
        ("Tag", "label"),
    }


def test_columns_and_foreign_keys() -> None:
    entity = next(e for e in facts_of(MODEL)["src/shop/Order.java"].entities if e.type_name == "Order")
    assert [(c.name, c.references) for c in entity.columns] == [("total_amount", ""), ("cust_id", "Customer")]
    assert edges(graph_of(MODEL), "reference") == {
        ("table:orders", "table:customer"),
        ("table:orderline", "table:orders"),
        ("table:order_tags", "table:orders"),
        ("table:order_tags", "table:label"),
    }


def test_queries_and_operations_read_and_write() -> None:
    assert uses("read") == {
        ("Dao.get", "orders"),
        ("Dao.query", "orderline"),
        ("Dao.query", "orders"),
        ("Dao.query", "label"),
        ("Dao.named", "orders"),
        ("Orders.findByTotal", "orders"),
        ("Orders.other", "customer"),
        ("Orders.ledger", "ledger"),
    }
    assert uses("write") == {
        ("Dao.add", "orders"),
        ("Dao.add", "customer"),
        ("Dao.change", "orders"),
        ("Dao.raw", "audit_log"),
        ("Dao.price", "orders"),
        ("Orders", "orders"),  # orders.save(o)
        ("Orders.wipe", "orders"),
    }


def test_spring_boot_writes_names_in_snake_case() -> None:
    graph = graph_of(
        {
            "A.java": "import javax.persistence.*; @Entity class OrderLine {}",
            "B.java": "import org.springframework.boot.SpringApplication; class B {}",
        }
    )
    assert edges(graph, "declare") == {("OrderLine", "table:order_line")}


def test_hibernate_mapping_files() -> None:
    graph = graph_of(
        {
            "src/shop/Order.java": "package shop; class Order { int id; }",
            "src/shop/Customer.java": "package shop; class Customer {}",
            "src/shop/Order.hbm.xml": """<?xml version="1.0"?><!DOCTYPE hibernate-mapping SYSTEM "x.dtd">
                <hibernate-mapping package="shop"><class name="Order" table="T_ORDER"><id name="id" column="ID"/>
                <many-to-one name="c" column="CUST" class="Customer"/></class>
                <class name="shop.Customer" table="T_CUST"/></hibernate-mapping>""",
        }
    )
    assert edges(graph, "declare") == {("shop.Order", "table:t_order"), ("shop.Customer", "table:t_cust")}
    assert edges(graph, "reference") == {("table:t_order", "table:t_cust")}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("from Order", [("Order", "read")]),
        ("select o from Order o join fetch o.lines l, Customer c", [("Order", "read"), ("Order.lines", "read"), ("Customer", "read")]),
        ("delete Order o where o.x in (select i.x from Item i)", [("Order", "write"), ("Item", "read")]),
        ("select o from Order o, in (o.lines) l order by o.id", [("Order", "read"), ("Order.lines", "read")]),
        ("select 'from Fake' from a.b.Order", [("a.b.Order", "read")]),
        ("select", []),
    ],
)  # fmt: skip
def test_entities_of_queries(query: str, expected: list[tuple[str, str]]) -> None:
    assert entities_of(query) == expected


def test_changing_an_entity_writes_it_and_reading_it_does_not() -> None:
    assert FRAMEWORK.access_mode("Entity().setTotal()") == "write"
    assert FRAMEWORK.access_mode("Entity().getTotal()") == ""
    assert FRAMEWORK.access_mode("Entity()") == ""
