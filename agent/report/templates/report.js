"use strict";
(function (d) {
  var root = d.documentElement, all = function (s, r) { return [].slice.call((r || d).querySelectorAll(s)); };
  root.classList.add("js");
  function focus(jump) {
    var id = location.hash.slice(1), panel = id && d.getElementById(id);
    if (!panel || !panel.classList.contains("focus")) {
      if (jump || !(panel = d.querySelector(".focus"))) return;
    }
    all(".focus.on").forEach(function (p) { p.classList.remove("on"); });
    panel.classList.add("on");
    all("#chips a").forEach(function (a) {
      if (a.hash === "#" + panel.id) a.setAttribute("aria-current", "true"); else a.removeAttribute("aria-current");
    });
    if (jump) panel.scrollIntoView();
  }
  addEventListener("hashchange", function () { focus(true); });
  focus(false);
  if (location.hash) focus(true);
  function value(row, i) {
    var c = row.cells[i], t = (c.dataset.v || c.textContent).trim(), n = parseFloat(t.replace(/^[<>]\s*|,/g, ""));
    return isNaN(n) ? t.toLowerCase() : n;
  }
  all("table.sort").forEach(function (table) {
    var body = table.tBodies[0], heads = all("thead tr:last-child th", table);
    heads.forEach(function (th) {
      var i = th.cellIndex;
      var b = d.createElement("button");
      while (th.firstChild) b.appendChild(th.firstChild);
      b.type = "button";
      th.appendChild(b);
      b.onclick = function () {
        var up = th.getAttribute("aria-sort") === "descending" ? 1 : -1;
        if (!th.hasAttribute("aria-sort") && !th.classList.contains("num")) up = 1;
        heads.forEach(function (h) { h.removeAttribute("aria-sort"); });
        th.setAttribute("aria-sort", up > 0 ? "ascending" : "descending");
        [].slice.call(body.rows).sort(function (r, s) {
          var x = value(r, i), y = value(s, i);
          if (typeof x !== typeof y) { x = String(x); y = String(y); }
          return x < y ? -up : x > y ? up : 0;
        }).forEach(function (r) { body.appendChild(r); });
      };
    });
    if (body.rows.length < 13) return;
    var input = d.createElement("input");
    input.type = "search";
    input.placeholder = "Filter";
    input.setAttribute("aria-label", "Filter: " + table.caption.textContent.trim());
    input.oninput = function () {
      var t = input.value.toLowerCase();
      [].slice.call(body.rows).forEach(function (r) { r.hidden = r.textContent.toLowerCase().indexOf(t) < 0; });
    };
    table.parentNode.parentNode.insertBefore(input, table.parentNode);
  });
  all("svg.map").forEach(function (map) {
    var nodes = all("a.n", map), ribbons = all(".r", map);
    nodes.forEach(function (n, i) {
      function show(on) {
        ribbons.forEach(function (r) {
          r.classList.toggle("off", on && r.dataset.e.split(" ").indexOf(String(i)) < 0);
        });
      }
      n.onmouseenter = n.onfocus = function () { show(true); };
      n.onmouseleave = n.onblur = function () { show(false); };
    });
  });
})(document);
