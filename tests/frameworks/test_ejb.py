"""EJB and CDI: which bean an injected interface leads to, and message-driven beans."""

from __future__ import annotations

from tests.frameworks.java_systems import facts_of, graph_of

FILES = {
    "src/a/Trade.java": "package a; public interface Trade { void buy(); }",
    "src/a/TradeBean.java": "package a; import javax.ejb.*; @Stateless public class TradeBean implements Trade { public void buy() {} }",
    "src/a/Page.java": "package a; import javax.ejb.EJB; class Page { @EJB private Trade trade; void f() { trade.buy(); } }",
    "src/a/Free.java": "package a; public interface Free {}",
    "src/a/FreeBean.java": "package a; import javax.ejb.*; @Stateless public class FreeBean implements Free {}",
    "src/a/Queue.java": """package a; import javax.ejb.*;
        @MessageDriven(activationConfig = {
            @ActivationConfigProperty(propertyName = "destinationType", propertyValue = "javax.jms.Queue"),
            @ActivationConfigProperty(propertyName = "destination", propertyValue = "jms/orders") })
        public class Queue { public void onMessage(Object m) {} @Schedule(hour = "1") void tick() {} }""",
}  # fmt: skip


def test_an_injected_interface_leads_to_its_bean() -> None:
    found = {(e.source, e.target) for e in graph_of(FILES).dependencies if e.resolution == "inferred"}
    assert found == {("a.Trade", "a.TradeBean")}  # nobody injects Free


def test_message_driven_beans_and_timers_are_entries() -> None:
    wirings = facts_of(FILES)["src/a/Queue.java"].wirings
    assert {(w.scope, w.args) for w in wirings if w.kind == "entry"} == {
        ("Queue.onMessage", ("listener", "jms/orders")),
        ("Queue.tick", ("job", "tick")),
    }
