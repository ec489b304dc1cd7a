"""Spring: routes, views, beans, injection, XML beans, entry points."""

from __future__ import annotations

from agent.domain.code import DependencyGraph
from tests.frameworks.java_systems import edges, facts_of, graph_of

ROOT = "app/src/main/java/shop/"
FILES = {
    ROOT
    + "Paths.java": 'package shop; public interface Paths { String API = "/api"; String ORDERS = API + "/orders"; }',
    ROOT + "OrderController.java": """package shop;
        import org.springframework.web.bind.annotation.*;
        @Controller @RequestMapping(Paths.ORDERS)
        public class OrderController {
            static final String VIEW = "orders/form";
            private final Shipping shipping;
            public OrderController(Shipping shipping) { this.shipping = shipping; }
            @GetMapping({"/{id:\\\\d+}", "/old/{id}/"}) public String show(Model m) { return "orders/detail"; }
            @RequestMapping(value = "", method = {RequestMethod.POST, RequestMethod.PUT}) String save() {
                if (bad) return VIEW; return "redirect:/orders"; }
            @ResponseBody @DeleteMapping("/{id}") public String drop() { return "gone"; }
            @RequestMapping("any") public ModelAndView any() { return helper("orders/none"); }
            private String helper(String x) { return "orders/list"; }
        }""",
    ROOT + "Client.java": '@FeignClient("x") interface Client { @GetMapping("/remote") String get(); }',
    ROOT + "Shipping.java": "package shop; interface Shipping { void ship(); }",
    ROOT
    + "PostShipping.java": "package shop; @Service class PostShipping implements Shipping { public void ship() {} }",
    ROOT + "Mail.java": "package shop; interface Mail {} ",
    ROOT + "SmtpMail.java": "package shop; @Component class SmtpMail implements Mail {}",
    ROOT + "LogMail.java": "package shop; @Component @Primary class LogMail implements Mail {}",
    ROOT + "Clock.java": "package shop; interface Clock {}",
    ROOT
    + "Clocks.java": """package shop; import org.springframework.context.annotation.*; @Configuration class Clocks {
        @Bean Clock clock() { return new UtcClock(); } }""",
    ROOT + "UtcClock.java": "package shop; class UtcClock implements Clock {}",
    ROOT + "Store.java": "package shop; interface Store {}",
    ROOT + "StoreA.java": "package shop; @Component class StoreA implements Store {}",
    ROOT + "StoreB.java": "package shop; @Component class StoreB implements Store {}",
    ROOT + "Job.java": """package shop; @Component class Job {
        @Autowired Mail mail; @Autowired Clock clock; @Autowired Store unclear; @Autowired @Qualifier("storeB") Store store;
        @Scheduled(cron = "0 0 * * *") void nightly() {}
        @JmsListener(destination = "orders") void listen() {} }""",
    "app/src/main/resources/templates/orders/detail.html": '<a th:href="@{/api/orders/{id}(id=1)}">x</a>'
    '<div th:replace="~{parts/menu :: menu}"/>',
    "app/src/main/resources/templates/orders/list.html": "<form th:action='@{/api/orders}'>",
    "app/src/main/resources/templates/parts/menu.html": "<p/>",
    "app/src/main/resources/beans.xml": """<beans xmlns="http://www.springframework.org/schema/beans"><bean id="job" class="shop.Job"><property name="s" ref="post"/></bean>
        <bean id="post" class="shop.PostShipping"/></beans>""",
}


def graph() -> DependencyGraph:
    return graph_of(FILES)


def test_routes_join_the_class_prefix_and_constants_of_other_files() -> None:
    assert edges(graph(), "handle") == {
        ("route:GET /api/orders/{id}", "shop.OrderController.show"),
        ("route:GET /api/orders/old/{id}", "shop.OrderController.show"),
        ("route:POST /api/orders", "shop.OrderController.save"),
        ("route:PUT /api/orders", "shop.OrderController.save"),
        ("route:DELETE /api/orders/{id}", "shop.OrderController.drop"),
        ("route:ANY /api/orders/any", "shop.OrderController.any"),
    }


def test_views_are_the_files_they_name_and_fragments_the_pages_they_show() -> None:
    assert edges(graph(), "render") == {
        ("shop.OrderController.show", "template:orders/detail.html"),
        ("shop.OrderController.save", "template:orders/form"),
        ("shop.OrderController.helper", "template:orders/list.html"),
        ("template:orders/detail.html", "template:parts/menu.html"),
    }


def test_pages_lead_to_routes() -> None:
    links = {(e.source, e.target, e.resolution) for e in graph().dependencies if e.source.startswith("template:")}
    assert ("template:orders/detail.html", "route:GET /api/orders/{id}", "inferred") in links
    assert ("template:orders/list.html", "route:POST /api/orders", "inferred") in links


def test_injected_interfaces_lead_to_the_bean_the_container_takes() -> None:
    found = {(e.source, e.target) for e in graph().dependencies if e.kind == "use" and e.resolution == "inferred"}
    assert found == {
        ("shop.Shipping", "shop.PostShipping"),  # the only one, by constructor
        ("shop.Mail", "shop.LogMail"),  # the primary one
        ("shop.Clock", "shop.UtcClock"),  # made by a factory method
        ("shop.Store", "shop.StoreB"),  # named; the unnamed injection point stays open
    }


def test_xml_beans_are_wired() -> None:
    assert ("shop.Job", "shop.PostShipping") in edges(graph(), "use")


def test_jobs_and_listeners_are_recorded() -> None:
    wirings = facts_of(FILES)[ROOT + "Job.java"].wirings
    assert {(w.scope, w.args) for w in wirings if w.kind == "entry"} == {
        ("Job.nightly", ("job", "0 0 * * *")),
        ("Job.listen", ("listener", "orders")),
    }
