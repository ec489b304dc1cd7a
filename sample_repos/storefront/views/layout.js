// Pages as strings. Jade was too slow on the old server.
var config = require('../config');
var util = require('../lib/util');

var MENU = [
  ['/', 'Shop'],
  ['/search', 'Search'],
  ['/sow-now', 'Sow now'],
  ['/basket', 'Basket'],
  ['/account', 'My account'],
  ['/newsletter', 'Newsletter']
];

var ADMIN = [
  ['/admin/orders', 'Orders'],
  ['/admin/products', 'Products'],
  ['/admin/stock', 'Stock'],
  ['/admin/customers', 'Customers'],
  ['/admin/payments', 'Payments'],
  ['/admin/reviews', 'Reviews'],
  ['/admin/newsletters', 'Newsletters'],
  ['/admin/reports', 'Reports'],
  ['/admin/postage', 'Postage']
];

function links(list) {
  return list.map(function (item) { return '<a href="' + item[0] + '">' + util.escape(item[1]) + '</a>'; }).join(' ');
}

exports.page = function (title, body) {
  return '<!DOCTYPE html><html><head><title>' + util.escape(title) + ' - ' + config.name + '</title></head><body><nav>' +
    links(MENU) + '</nav><h1>' + util.escape(title) + '</h1>' + body + '</body></html>';
};

exports.admin = function (title, body) {
  return '<!DOCTYPE html><html><head><title>' + util.escape(title) + '</title></head><body class="admin"><nav>' +
    links(ADMIN) + '</nav><h1>' + util.escape(title) + '</h1>' + body + '</body></html>';
};

exports.table = function (heads, rows) {
  return '<table><tr>' + heads.map(function (h) { return '<th>' + util.escape(h) + '</th>'; }).join('') + '</tr>' +
    rows.map(function (cells) {
      return '<tr>' + cells.map(function (c) { return '<td>' + c + '</td>'; }).join('') + '</tr>';
    }).join('') + '</table>';
};

exports.link = function (url, text) { return '<a href="' + util.escape(url) + '">' + util.escape(text) + '</a>'; };

exports.form = function (action, fields, button) {
  return '<form method="post" action="' + action + '">' + fields.map(function (name) {
    return '<label>' + name + ' <input name="' + name + '"></label>';
  }).join('') + '<button>' + button + '</button></form>';
};
