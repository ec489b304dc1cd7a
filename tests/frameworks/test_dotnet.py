"""ASP.NET routes, Entity Framework's tables, and SQL in C# strings."""

from __future__ import annotations

from tests.systems import edges, graph_of

APP = {
    "Controllers/OrdersController.cs": """using Microsoft.AspNetCore.Mvc; namespace Shop;
        [ApiController] [Route("api/[controller]")]
        public class OrdersController : ControllerBase {
            private readonly ShopContext _db;
            public OrdersController(ShopContext db) { _db = db; }
            [HttpGet] public object List() { return _db.Orders.Where(o => o.Id > 1).ToList(); }
            [HttpGet("{id:int}")] public Order Get(int id) { var order = _db.Orders.Find(id); order.State = 2; return order; }
            [HttpPost("~/place")] public void Place(Order order) { _db.Orders.Add(order); _db.SaveChanges(); }
            private void Hidden() {}
        }""",
    "Controllers/HomeController.cs": """using System.Web.Mvc; namespace Shop;
        public class HomeController : Controller {
            public ActionResult Index() { return View(); }
            [HttpPost] public ActionResult Save() { return View(); }
            [NonAction] public void Help() {}
        }""",
    "Program.cs": """var app = WebApplication.Create(args); var api = app.MapGroup("/v1");
        api.MapGet("/ping/{id?}", () => "pong"); app.MapPost("/orders", Handlers.Create); app.Run();""",
    "Handlers.cs": "public static class Handlers { public static void Create() {} }",
    "Account/Login.aspx.cs": "namespace Shop { public partial class Login : System.Web.UI.Page { void Page_Load() {} } }",
    "Data/ShopContext.cs": """using Microsoft.EntityFrameworkCore; namespace Shop;
        public class ShopContext : DbContext {
            public DbSet<Order> Orders { get; set; }
            public DbSet<Customer> Customers => Set<Customer>();
            protected override void OnModelCreating(ModelBuilder b) {
                b.Entity<Order>(e => { e.HasKey(x => x.Id); e.ToTable("sales_order"); }); }
        }""",
    "Data/Order.cs": "namespace Shop; public class Order { public int Id { get; set; } public int State { get; set; }"
    " public Customer Customer { get; set; } }",
    "Data/Customer.cs": """namespace Shop; [Table("client")] public class Customer { public int Id { get; set; } }""",
    "Data/Reports.cs": """using System.Data.SqlClient; namespace Shop; class Reports {
            const string All = "SELECT * FROM invoice";
            void Run(string id) {
                var sql = "SELECT a FROM ledger"; sql += " JOIN account ON 1 = 1";
                new SqlCommand(sql);
                connection.Execute(@"UPDATE stock SET n = 1 WHERE id = " + id);
                connection.Query($"DELETE FROM {table}"); Log("update failed");
            } }""",
}  # fmt: skip


def test_routes() -> None:
    found = {(e.source, e.target, e.resolution) for e in graph_of(APP).dependencies if e.kind == "handle"}
    assert found == {
        ("route:GET /api/Orders", "Shop.OrdersController.List", "exact"),
        ("route:GET /api/Orders/{id}", "Shop.OrdersController.Get", "exact"),
        ("route:POST /place", "Shop.OrdersController.Place", "exact"),
        ("route:GET /Home", "Shop.HomeController.Index", "inferred"),
        ("route:POST /Home/Save", "Shop.HomeController.Save", "inferred"),
        ("route:GET /v1/ping/{id}", "Program.cs", "exact"),
        ("route:POST /orders", "Handlers.Create", "exact"),
        ("route:GET /Account/Login.aspx", "Shop.Login", "exact"),
        ("route:POST /Account/Login.aspx", "Shop.Login", "exact"),
    }


def test_tables_of_entities() -> None:
    graph = graph_of(APP)
    assert edges(graph, "declare") == {("Shop.Order", "table:sales_order"), ("Shop.Customer", "table:client")}
    assert edges(graph, "reference") == {("table:sales_order", "table:client")}


def test_what_is_read_and_written() -> None:
    graph = graph_of(APP)
    assert edges(graph, "read") == {
        ("Shop.OrdersController.List", "table:sales_order"),
        ("Shop.OrdersController.Get", "table:sales_order"),
        ("Shop.Reports", "table:invoice"),
        ("Shop.Reports.Run", "table:ledger"),
        ("Shop.Reports.Run", "table:account"),
    }
    assert edges(graph, "write") == {
        ("Shop.OrdersController.Place", "table:sales_order"),
        ("Shop.OrdersController.Get", "table:sales_order"),
        ("Shop.Reports.Run", "table:stock"),
    }
