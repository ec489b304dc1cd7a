"""Ruby: what one file says, and what requires, constants, mixins and Rails' autoloading mean across files."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.domain.code import DependencyGraph
from agent.languages.bounded_parsing import MAX_BYTES
from agent.languages.ruby import LANGUAGE, underscored
from agent.languages.ruby_facts import camelized, code_of_template
from tests.systems import edges, graph_of

SHOP = {
    "app/models/order.rb": """# An order of one customer. More.
class Order < ApplicationRecord
  include Priced
  belongs_to :customer
  has_many :order_lines
  before_save :check
  attr_accessor :note
  LIMIT = 10

  def total
    return 0 if note.nil? && LIMIT > 3
    order_lines.each { |line| line.price }
    discount(1) + helper
  end

  def self.recent
    Order.new
  end

  private

  def check
    super
    Shop::Mailer.new.deliver_receipt
  end
end
""",
    "app/models/concerns/priced.rb": "module Priced\n  def discount(n)\n    n\n  end\nend\n",
    "app/models/application_record.rb": "class ApplicationRecord < ActiveRecord::Base\n  def helper = 1\nend\n",
    "app/models/customer.rb": "class Customer < ApplicationRecord\nend\n",
    "app/models/order_line.rb": "class OrderLine < ApplicationRecord\n  def price\n    Order::LIMIT\n  end\nend\n",
    "lib/shop/mailer.rb": """require 'net/smtp'
require_relative 'text'
module Shop
  class Mailer
    def deliver_receipt
      text = Text.new
      text.wrap
      @other = Text.new('x')
      @other.wrap
      Text.plain
    end
  end
end
""",
    "lib/shop/text.rb": "module Shop\n  class Text\n    def initialize(*); end\n    def wrap; end\n"
    "    class << self\n      def plain; end\n    end\n  end\nend\n",
    "lib/shop/text_more.rb": "require 'shop/text'\nmodule Shop\n  class Text\n    def more\n      wrap\n    end\n  end\nend\n",
    "app/views/orders/show.html.erb": "<h1>50%</h1>\n<% if @order %>\n<%= Customer.name %><%# Order %>\n<% end %>\n",
}
ORDER, MAILER, TEXT = "app/models/order.rb", "lib/shop/mailer.rb", "lib/shop/text.rb"


def calls(graph: DependencyGraph, source: str) -> set[str]:
    return {target for start, target in edges(graph, "call") if start == source}


def test_calls_on_self_go_through_class_mixins_and_superclass() -> None:
    graph = graph_of(SHOP)
    assert calls(graph, f"{ORDER}#Order.total") == {
        "app/models/concerns/priced.rb#Priced.discount", "app/models/application_record.rb#ApplicationRecord.helper",
        f"{ORDER}#Order.note", "app/models/order_line.rb#OrderLine.price",
    }  # fmt: skip
    assert calls(graph, f"{ORDER}#Order.check") == {
        "lib/shop/mailer.rb#Shop::Mailer.deliver_receipt",
        "lib/shop/mailer.rb#Shop::Mailer",
    }
    assert calls(graph, f"{ORDER}#Order.recent") == {f"{ORDER}#Order"}


def test_values_created_here_have_a_known_type() -> None:
    graph = graph_of(SHOP)
    assert calls(graph, f"{MAILER}#Shop::Mailer.deliver_receipt") == {
        f"{TEXT}#Shop::Text.initialize", f"{TEXT}#Shop::Text.wrap", f"{TEXT}#Shop::Text.plain",
    }  # fmt: skip


def test_a_class_may_be_opened_again_elsewhere() -> None:
    graph = graph_of(SHOP)
    assert calls(graph, "lib/shop/text_more.rb#Shop::Text.more") == {f"{TEXT}#Shop::Text.wrap"}
    assert (f"{MAILER}#Shop::Mailer.deliver_receipt", f"{TEXT}#Shop::Text") in edges(graph, "use")


def test_constants_are_loaded_by_their_names() -> None:
    graph = graph_of(SHOP)
    assert ("app/models/order_line.rb#OrderLine.price", f"{ORDER}#Order") in edges(graph, "use")
    assert ("app/views/orders/show.html.erb", "app/models/customer.rb#Customer") in edges(graph, "use")
    assert ("app/views/orders/show.html.erb", f"{ORDER}#Order") not in edges(graph)
    assert edges(graph, "inherit") >= {
        (f"{ORDER}#Order", "app/models/concerns/priced.rb#Priced"),
        (f"{ORDER}#Order", "app/models/application_record.rb#ApplicationRecord"),
    }
    assert (f"{ORDER}#Order", f"{ORDER}#Order.check") in edges(graph, "use")


def test_requires_follow_the_load_path() -> None:
    graph = graph_of(SHOP)
    assert edges(graph, "import") == {(MAILER, TEXT), ("lib/shop/text_more.rb", TEXT)}


def test_structure_of_a_file() -> None:
    graph = graph_of(SHOP)
    order = graph.by_id[f"{ORDER}#Order"]
    assert (order.kind, order.line, order.end_line, order.doc) == ("class", 2, 26, "An order of one customer.")
    assert graph.by_id[f"{ORDER}#Order.total"].complexity == 3
    assert f"{MAILER}#Shop" not in graph.by_id  # a module that only holds others is a namespace


def test_two_classes_of_one_name_are_told_apart_by_distance() -> None:
    files = {
        f"{app}/app/models/{name}.rb": f"class {name.title()}\n  def go\n    Order.new\n  end\nend\n"
        for app in ("one", "two")
        for name in ("order", "cart")
    }
    graph = graph_of(files | {"main.rb": "Order.new\n"})
    assert calls(graph, "one/app/models/cart.rb#Cart.go") == {"one/app/models/order.rb#Order"}
    assert calls(graph, "main.rb") == set()


@pytest.mark.parametrize(
    ("name", "path"),
    [("Order", "order"), ("OrderLine", "order_line"), ("HTMLPage", "html_page"), ("Oauth2Token", "oauth2_token")],
)
def test_constants_have_a_usual_path(name: str, path: str) -> None:
    assert underscored(name) == path


@pytest.mark.parametrize(
    ("association", "kind", "name"),
    [("customer", "belongs_to", "Customer"), ("order_lines", "has_many", "OrderLine"), ("categories", "has_many", "Category"),
     ("boxes", "has_many", "Box"), ("address", "has_one", "Address"), ("addresses", "has_many", "Address")],
)  # fmt: skip
def test_associations_have_a_usual_class(association: str, kind: str, name: str) -> None:
    assert camelized(association, kind) == name


def test_code_of_a_template_keeps_its_place() -> None:
    source = b"<a>\n<%= x.y -%> b <%# z %><% if a %>\n"
    code = code_of_template(source)
    assert len(code) == len(source)
    assert code.split() == [b"x.y", b";", b"if", b"a", b";"]


def test_too_large_and_foreign_encodings_fail_with_a_reason() -> None:
    assert "larger" in LANGUAGE.extract("a.rb", b" " * (MAX_BYTES + 1))[0].failure
    assert "UTF-16" in LANGUAGE.extract("a.rb", b"\xff\xfep\x00")[0].failure


@pytest.mark.parametrize(
    "text", ["(", "{", "def f(", "a.b.", "x[", "class A\n", "module A\n", "if a\n", "A::", "<%=", "a do |b| "]
)
def test_work_is_bounded(text: str) -> None:
    started = time.process_time()
    LANGUAGE.extract("a.rb", (text * 30_000)[:15_000].encode())
    LANGUAGE.extract("a.erb", (text * 30_000)[:15_000].encode())
    assert time.process_time() - started < 10


def test_what_is_mixed_into_itself_ends() -> None:
    files = {
        "a.rb": "module A\n include B\n def x\n  y\n end\nend\nmodule B\n include A\nend\nclass C < C\n def z\n  super\n end\nend\n"
    }
    assert edges(graph_of(files), "call") == set()


PIECES = st.sampled_from(
    ["class A", " < B", "\n", "end\n", "def f", "(", ")", "|x|", "do ", "{", "}", ".", "&.", "::", "A", "x", "=", "@y", "include C\n",
     "require 'a'\n", "attr_reader :z\n", "super", "class << self\n", "module M\n", '"#{', "'", "%w[", "<<~E\n", "E\n", "if ", "?", ":s", ","]
)  # fmt: skip


@settings(max_examples=50, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join).map(str.encode) | st.binary(max_size=300))
def test_any_bytes_give_facts(source: bytes) -> None:
    for path in ("a.rb", "a.erb"):
        assert LANGUAGE.extract(path, source)[0].language == "ruby"
    graph_of({"a.rb": source, "lib/a.rb": source, "b.erb": source})
