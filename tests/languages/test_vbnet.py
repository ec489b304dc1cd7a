"""Visual Basic .NET and 6: statements, types and members across files; names without regard to case."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.domain.code import DependencyGraph
from agent.languages.vbnet import LANGUAGES
from agent.languages.vbnet_lines import statements_of
from tests.systems import edges, graph_of

NET, CLASSIC = LANGUAGES

SHOP = {
    "Core/Order.vb": """Imports System.Collections.Generic
Namespace Shop.Core
    ''' <summary>An order. More.</summary>
    <Serializable()> _
    Public Class Order
        Inherits Entity
        Implements IPriced
        Private ReadOnly lines As New List(Of Line)
        Private first As Line
        Public Property Customer As Customer
        Public Sub New(ByVal customer As Customer)
            MyBase.New()
            Me.Customer = customer ' Total()
        End Sub
        Public Function Total() As Decimal Implements IPriced.Total
            If first IsNot Nothing AndAlso lines.Count > 0 Then Return FIRST.Price()
            Dim text As String = "Missing()"
            Touch() : Customer.Greet(1, _
                2)
            Return Round(1)
        End Function
        Public ReadOnly Property Empty() As Boolean
            Get
                Return Total() = 0
            End Get
        End Property
        Public Shared Function Create() As Order
            Return New Order(Nothing)
        End Function
    End Class
    Public MustInherit Class Entity
        Public Sub Touch()
        End Sub
    End Class
    Public Interface IPriced
        Function Total() As Decimal
    End Interface
End Namespace
""",
    "Core/Line.vb": "Namespace Shop.Core\nPublic Structure Line\nPublic Function Price() As Decimal\nEnd Function\nEnd Structure\nEnd Namespace\n",
    "Core/Customer.vb": "Namespace Shop.Core\nPublic Class Customer\nPublic Sub Greet(a As Integer, b As Integer)\nEnd Sub\nEnd Class\nEnd Namespace\n",
    "Core/Numbers.vb": "Public Module Numbers\nPublic Function Round(x As Integer) As Integer\nEnd Function\nEnd Module\n",
    "Forms/Main.Designer.vb": """Partial Class Main
    Inherits System.Windows.Forms.Form
    Private Sub InitializeComponent()
        Me.ok = New Button()
        AddHandler ok.Click, AddressOf Me.OkClicked
    End Sub
    Friend WithEvents ok As Button
End Class
""",
    "Forms/Main.vb": """Imports Shop.Core
Public Class Main
    Private Sub OkClicked(sender As Object, e As EventArgs) Handles ok.Click
        InitializeComponent()
        Dim made = Order.Create()
        Dim order As New Shop.Core.Order(Nothing)
        order.total()
        Call order.Touch()
        With order
            .Touch()
        End With
        If order.Empty Then order.Customer.Greet(1, 2)
        Console.WriteLine("x")
        Me.Close()
        Dim thing = Something()
    End Sub
End Class
""",
}
ORDER = "Core/Order.vb#Order"


def calls(graph: DependencyGraph, source: str) -> set[str]:
    return {target for start, target in edges(graph, "call") if start == source}


def test_members_are_found_without_regard_to_case() -> None:
    graph = graph_of(SHOP)
    assert calls(graph, f"{ORDER}.Total") == {
        "Core/Line.vb#Line.Price", "Core/Order.vb#Entity.Touch", "Core/Customer.vb#Customer.Greet", "Core/Numbers.vb#Numbers.Round",
    }  # fmt: skip
    assert calls(graph, f"{ORDER}.Empty") == {f"{ORDER}.Total"}
    assert calls(graph, f"{ORDER}.Create") == {ORDER}


def test_a_form_and_its_designer_file_are_one() -> None:
    graph = graph_of(SHOP)
    assert calls(graph, "Forms/Main.vb#Main.OkClicked") == {
        "Forms/Main.vb#Main.InitializeComponent", f"{ORDER}.Create", ORDER, f"{ORDER}.Total", "Core/Order.vb#Entity.Touch",
        "Core/Customer.vb#Customer.Greet",
    }  # fmt: skip
    assert ("Forms/Main.vb#Main.InitializeComponent", "Forms/Main.vb#Main.OkClicked") in edges(graph, "use")
    assert {s.id for s in graph.symbols if s.kind == "module"} == {
        "Core/Order.vb", "Core/Line.vb", "Core/Customer.vb", "Core/Numbers.vb", "Forms/Main.vb",
    }  # fmt: skip


def test_structure_of_a_file() -> None:
    graph = graph_of(SHOP)
    order = graph.by_id[ORDER]
    assert (order.kind, order.line, order.end_line, order.doc) == ("class", 4, 30, "An order.")
    assert edges(graph, "inherit") == {(ORDER, "Core/Order.vb#Entity"), (ORDER, "Core/Order.vb#IPriced")}
    assert ("Core/Order.vb#Order.New", "Core/Customer.vb#Customer") in edges(graph, "type")
    assert graph.by_id[f"{ORDER}.Total"].complexity == 3
    assert graph.by_id["Core/Order.vb#IPriced"].kind == "interface"


def test_types_of_one_name_belong_to_their_project() -> None:
    files = {
        f"{name}/{path}": text
        for name in ("A", "B")
        for path, text in {
            "My Project/AssemblyInfo.vb": "Imports System\n",
            "Form1.vb": "Class Form1\nSub Go()\nHelp()\nNew Form2().Show2()\nEnd Sub\nEnd Class\n",
            "Form2.vb": "Class Form2\nSub Show2()\nEnd Sub\nEnd Class\n",
            "Module1.vb": "Module Module1\nSub Help()\nEnd Sub\nEnd Module\n",
        }.items()
    }
    assert edges(graph_of(files), "call") >= {
        (f"{name}/Form1.vb#Form1.Go", f"{name}/{target}")
        for name in ("A", "B")
        for target in ("Module1.vb#Module1.Help", "Form2.vb#Form2")
    }


CLASSIC_SHOP = {
    "Main.frm": """VERSION 5.00
Begin VB.Form Main
   Caption = "Sub Fake()"
End
Attribute VB_Name = "Main"
Option Explicit
Private m_Order As cOrder
Private Sub Command1_Click()
  Set m_Order = New cOrder
  m_Order.Save 1
  ShowError "x"
  Call Refresh2
End Sub
Private Sub Refresh2()
End Sub
""",
    "cOrder.cls": 'VERSION 1.0 CLASS\nBEGIN\nEND\nAttribute VB_Name = "cOrder"\nImplements cIOrder\nPublic Function Save(ByVal x As Long) As Boolean\n'
    "  Rem Save\nEnd Function\nPublic Property Get Name() As String\nEnd Property\n",
    "cIOrder.cls": 'Attribute VB_Name = "cIOrder"\nPublic Function Save(ByVal x As Long) As Boolean\nEnd Function\n',
    "Errors.bas": 'Attribute VB_Name = "Errors"\nPublic Sub ShowError(ByVal text As String)\n  MsgBox text\nEnd Sub\n',
}


def test_visual_basic_6() -> None:
    graph = graph_of(CLASSIC_SHOP)
    assert calls(graph, "Main.frm#Main.Command1_Click") == {
        "cOrder.cls#cOrder", "cOrder.cls#cOrder.Save", "Errors.bas#Errors.ShowError", "Main.frm#Main.Refresh2",
    }  # fmt: skip
    assert edges(graph, "inherit") == {("cOrder.cls#cOrder", "cIOrder.cls#cIOrder")}
    assert graph.by_id["Main.frm#Main.Command1_Click"].line == 8
    assert "cOrder.cls#cOrder.Name" in graph.by_id
    assert "Main.frm#Main.Fake" not in graph.by_id


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a = \"x ' y\" ' z", [('a = ""', 1)]),
        ("f(1, _\n 2)\ng", [("f(1, 2)", 1), ("g", 3)]),
        ("f(1,\n 2)\ng", [("f(1, 2)", 1), ("g", 3)]),
        ("a : b\nc(x:=1)", [("a", 1), ("b", 1), ("c(x:=1)", 2)]),
        ("REM x\n#If A Then\nb", [("b", 3)]),
        ("<A()>\nSub B()", [("<A()> Sub B()", 1)]),
    ],
)
def test_statements(source: str, expected: list[tuple[str, int]]) -> None:
    assert [(s.text, s.line) for s in statements_of(source)] == expected


def test_too_large_and_foreign_encodings_fail_with_a_reason() -> None:
    assert "larger" in NET.extract("a.vb", b" " * 2_000_001)[0].failure
    assert "UTF-16" in NET.extract("a.vb", b"\xff\xfep\x00")[0].failure


@pytest.mark.parametrize(
    "text",
    [
        "(",
        "a.",
        "Class A\n",
        "Sub A(\n",
        "a _\n",
        '"',
        "Dim a As ",
        "<A ",
        "CType(",
        "New ",
        "a(b(",
        "If a Then b.c(",
        "As New ",
        "<A>\n",
        "a,\n",
        ":",
    ],
)
def test_work_is_bounded(text: str) -> None:
    started = time.process_time()
    for language in LANGUAGES:
        language.extract("a.vb", b"Class Z\nSub S()\n" + (text * 50_000)[:20_000].encode())
        language.extract("a.vb", (text * 50_000)[:20_000].encode())
    assert time.process_time() - started < 10


PIECES = st.sampled_from(
    ["Class A\n", "End Class\n", "Sub F()\n", "End Sub\n", "Namespace N\n", "End Namespace\n", "Inherits B\n", "(", ")", ".", "a", " As ",
     "New ", "Dim x", " = ", "\n", " _\n", "'", '"', ":", "<A()> ", "Property P As A\n", "Get\n", "End Get\n", "End Property\n", "With a\n",
     "Of T", "Implements I\n", "Module M\n", "AddressOf f", "Handles b.c", "Interface I\n", "Function G() As A\n", "Attribute VB_Name = \"q\"\n"]
)  # fmt: skip


@settings(max_examples=50, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join).map(str.encode) | st.binary(max_size=300))
def test_any_bytes_give_facts(source: bytes) -> None:
    for language in LANGUAGES:
        assert language.extract("a.vb", source)[0].language == language.name
    graph_of({"a.vb": source, "a.designer.vb": source, "b.bas": source})
