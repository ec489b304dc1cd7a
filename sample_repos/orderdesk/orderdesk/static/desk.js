/* price & availability next to the sku field */
function checkStock(input) {
  var row = input.parentNode.parentNode;
  var out = row.querySelector(".avail");
  if (!input.value) { out.textContent = ""; return; }
  var x = new XMLHttpRequest();
  x.open("GET", "/stock_check?sku=" + encodeURIComponent(input.value));
  x.onload = function () {
    out.textContent = x.status === 200 ? x.responseText.split(";").slice(1).join(" free, ") : "?";
  };
  x.send();
}
