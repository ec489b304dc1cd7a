"""MyBatis: statements of mapper files and annotations, attributed to the mapper's methods."""

from __future__ import annotations

from agent.frameworks.mybatis import statement_text
from agent.frameworks.xml_document import read_xml
from tests.frameworks.java_systems import edges, graph_of

MAPPER = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE mapper PUBLIC "-//mybatis.org//DTD Mapper 3.0//EN" "http://mybatis.org/dtd/mybatis-3-mapper.dtd">
<mapper namespace="shop.OrderMapper">
  <sql id="from">FROM orders o <if test="x">JOIN customer c ON c.id = o.c</if></sql>
  <select id="find" resultType="Order">
    SELECT * <include refid="from"/>
    <where><if test="a">AND o.a = #{a, jdbcType=INTEGER}</if></where>
  </select>
  <update id="change">UPDATE orders <set><if test="a">a = #{a},</if></set> WHERE id = #{id}</update>
  <insert id="add"><selectKey>SELECT next FROM seq</selectKey>INSERT INTO line (a) VALUES
    <foreach item="i" open="(" close=")">#{i}</foreach></insert>
  <delete id="gone">DELETE FROM attic</delete>
</mapper>"""
JAVA = """package shop; import org.apache.ibatis.annotations.*;
interface OrderMapper {
  Object find(int a); void change(); void add();
  @Select({"SELECT * FROM", "invoice"}) Object invoices();
  @Update("<script>UPDATE invoice <set>x = #{x},</set></script>") void pay();
}"""


def test_statements_belong_to_the_methods_of_the_mapper() -> None:
    graph = graph_of({"src/shop/OrderMapper.java": JAVA, "res/OrderMapper.xml": MAPPER})
    assert edges(graph, "read") == {
        ("shop.OrderMapper.find", "table:orders"),
        ("shop.OrderMapper.find", "table:customer"),
        ("shop.OrderMapper.add", "table:seq"),
        ("shop.OrderMapper.invoices", "table:invoice"),
    }
    assert edges(graph, "write") == {
        ("shop.OrderMapper.change", "table:orders"),
        ("shop.OrderMapper.add", "table:line"),
        ("shop.OrderMapper", "table:attic"),  # no method of that name: the mapper itself
        ("shop.OrderMapper.pay", "table:invoice"),
    }
    place = next(e for e in graph.dependencies if e.target == "table:orders" and e.kind == "write")
    assert (place.path, place.line) == ("res/OrderMapper.xml", 9)


def text_of(xml: str) -> str:
    root = read_xml(f"<select>{xml}</select>".encode())
    assert root is not None
    return statement_text(root, {})


def test_dynamic_tags_are_taken_as_true() -> None:
    assert text_of("SELECT 1 <where><if>AND a = #{a}</if></where>") == "SELECT 1 where a = ?"
    assert text_of("UPDATE t <set>a = #{a},</set> WHERE b = 1") == "UPDATE t set a = ? WHERE b = 1"
    assert text_of("<choose><when>A</when><otherwise>B</otherwise></choose>") == "A"
    assert text_of("<trim prefix='(' suffix=')'>a, b,</trim>") == "( a, b )"
    assert text_of("x <![CDATA[ < ]]> ${col}") == "x < {}"


def test_fragments_that_include_themselves_end() -> None:
    root = read_xml(b"<mapper><sql id='a'>x <include refid='a'/></sql><select><include refid='a'/></select></mapper>")
    assert root is not None
    pieces = {"a": next(root.all("sql"))}
    assert statement_text(next(root.all("select")), pieces).startswith("x x")


def test_entities_are_never_expanded() -> None:
    assert read_xml(b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>') is None
    assert read_xml(b"") is None
    broken = read_xml(b"<a><b x='1'/><c></a>")
    assert broken is not None
    assert [e.name for e in broken.children] == ["b", "c"]
