var money = require('../lib/money');
var util = require('../lib/util');
var address = require('../models/address');
var customer = require('../models/customer');
var layout = require('./layout');

exports.login = function (message) {
  return layout.page('Login', (message ? '<p class="error">' + util.escape(message) + '</p>' : '') +
    layout.form('/account/login', ['email', 'password'], 'Login') +
    layout.link('/account/register', 'New here?') + ' ' + layout.link('/account/forgot', 'Password forgotten?'));
};

exports.overview = function (c, orders, addresses) {
  var rows = orders.map(function (o) {
    return [layout.link('/orders/' + o.order_no, o.order_no), o.status, money.format(o.total)];
  });
  return layout.page('My account', '<p>' + util.escape(c.first_name + ' ' + c.last_name) + ' (' + customer.tier(c) + ')</p>' +
    layout.table(['Order', 'Status', 'Total'], rows) +
    '<ul>' + addresses.map(function (a) { return '<li>' + util.escape(address.format(a)) + '</li>'; }).join('') + '</ul>' +
    layout.form('/account/address', ['line1', 'line2', 'town', 'postcode'], 'Add address') +
    layout.link('/account/wishlist', 'Wish list') + ' ' + layout.link('/account/logout', 'Log out'));
};

exports.wishlist = function (items) {
  return layout.page('Wish list', layout.table(['', 'Price'], items.map(function (i) {
    return [layout.link('/product/' + i.sku, i.name), money.format(i.price) + (i.sold_out ? ' sold out' : '')];
  })));
};
