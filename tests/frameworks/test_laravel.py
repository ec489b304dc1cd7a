"""Laravel: routes, groups and resources; models, relations and what finders return."""

from __future__ import annotations

from agent.frameworks.laravel import plural
from tests.systems import edges, graph_of

APP = {
    "routes/web.php": """<?php
        use App\\Http\\Controllers\\OrderController; use Illuminate\\Support\\Facades\\Route;
        Route::get('/', function () { return view('home'); });
        Route::get('/orders/{order}', [OrderController::class, 'show'])->name('orders.show');
        Route::match(['get', 'post'], 'search', 'OrderController@search');
        Route::group(['prefix' => 'admin', 'namespace' => 'Admin'], function () {
            Route::post('users/{id?}', 'UserController@save');
            Route::prefix('deep')->middleware('auth')->group(function () {
                Route::resource('users', 'UserController');
            });
        });
        Route::controller(OrderController::class)->group(function () { Route::put('/o', 'show'); });""",
    "routes/api.php": """<?php use App\\Http\\Controllers\\OrderController;
        Route::delete('orders/{id}', [OrderController::class, 'destroy']);""",
    "app/Http/Controllers/OrderController.php": """<?php namespace App\\Http\\Controllers;
        use App\\Models\\Order; use DB;
        class OrderController {
            function show($id) { $order = Order::with('lines')->findOrFail($id); $order->markPaid(); return $order; }
            function search() { return Order::where('a', 1)->get(); }
            function destroy() { Order::where('a', 1)->delete(); DB::table('audit')->insert([]);
                DB::table('stats as s')->join('days', 'a', 'b')->get(); }
        }""",
    "app/Http/Controllers/Admin/UserController.php": """<?php namespace App\\Http\\Controllers\\Admin;
        class UserController { function save() {} function index() {} function update() {} }""",
    "app/Models/Order.php": """<?php namespace App\\Models; use Illuminate\\Database\\Eloquent\\Model;
        class Order extends Model {
            function customer() { return $this->belongsTo(Customer::class); }
            function tags() { return $this->belongsToMany(Tag::class); }
            function markPaid() { $this->save(); }
        }""",
    "app/Models/Customer.php": """<?php namespace App\\Models; use Illuminate\\Foundation\\Auth\\User as Authenticatable;
        class Customer extends Authenticatable { const TABLE = 'clients'; protected $table = self::TABLE; }""",
    "app/Models/Tag.php": "<?php namespace App\\Models; class Tag extends \\Illuminate\\Database\\Eloquent\\Model {}",
    "app/Http/Controller.php": """<?php namespace App\\Http; use Illuminate\\Routing\\Controller as Base;
        class Controller extends Base {}""",
}
ORDERS = "app/Http/Controllers/OrderController.php#OrderController"
USERS = "app/Http/Controllers/Admin/UserController.php#UserController"


def test_routes() -> None:
    assert edges(graph_of(APP), "handle") == {
        ("route:GET /", "routes/web.php"),
        ("route:GET /orders/{order}", f"{ORDERS}.show"),
        ("route:GET /search", f"{ORDERS}.search"),
        ("route:POST /search", f"{ORDERS}.search"),
        ("route:POST /admin/users/{id}", f"{USERS}.save"),
        ("route:GET /admin/deep/users", f"{USERS}.index"),
        ("route:PUT /admin/deep/users/{user}", f"{USERS}.update"),
        ("route:PUT /o", f"{ORDERS}.show"),
        ("route:DELETE /api/orders/{id}", f"{ORDERS}.destroy"),
    }


def test_models_and_their_tables() -> None:
    graph = graph_of(APP)
    assert edges(graph, "declare") == {
        ("app/Models/Order.php#Order", "table:orders"),
        ("app/Models/Customer.php#Customer", "table:clients"),
        ("app/Models/Tag.php#Tag", "table:tags"),
        ("app/Models/Order.php", "table:order_tag"),
    }
    assert edges(graph, "reference") == {
        ("table:orders", "table:clients"),
        ("table:order_tag", "table:orders"),
        ("table:order_tag", "table:tags"),
    }


def test_what_is_read_and_written() -> None:
    graph = graph_of(APP)
    reads, writes = edges(graph, "read"), edges(graph, "write")
    assert {(f"{ORDERS}.show", "table:orders"), (f"{ORDERS}.search", "table:orders")} <= reads
    assert {(f"{ORDERS}.destroy", "table:stats"), (f"{ORDERS}.destroy", "table:days")} <= reads
    assert {(f"{ORDERS}.destroy", "table:orders"), (f"{ORDERS}.destroy", "table:audit")} <= writes
    assert (f"{ORDERS}.show", "app/Models/Order.php#Order.markPaid") in edges(graph, "call")


def test_plurals() -> None:
    assert [plural(n) for n in ("order", "category", "box", "day", "order_person")] == [
        "orders", "categories", "boxes", "days", "order_people",
    ]  # fmt: skip
