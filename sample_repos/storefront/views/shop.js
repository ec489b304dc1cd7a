var money = require('../lib/money');
var util = require('../lib/util');
var layout = require('./layout');

exports.home = function (categories, products) {
  return layout.page('Welcome', '<ul>' + categories.map(function (c) {
    return '<li>' + layout.link('/category/' + c.slug, c.title) + ' (' + c.count + ')</li>';
  }).join('') + '</ul>' + exports.list(products));
};

exports.list = function (products) {
  return '<ul class="products">' + products.map(function (p) {
    return '<li>' + layout.link('/product/' + p.sku, p.name) + ' ' + money.format(p.price) +
      (p.sold_out ? ' <b>sold out</b>' : '') + '</li>';
  }).join('') + '</ul>';
};

exports.category = function (category, products, paging) {
  var more = '';
  if (paging.page < paging.pages) more = layout.link('/category/' + category.slug + '?page=' + (paging.page + 1), 'next');
  return layout.page(category.title, exports.list(products) + '<p>page ' + paging.page + ' of ' + paging.pages + '</p>' + more);
};

exports.product = function (p, reviews, was) {
  var body = '<p><i>' + util.escape(p.latin) + '</i></p><p>' + util.escape(p.description) + '</p>';
  body += '<p class="price">' + (was && was > p.price ? 'was ' + money.format(was) + ' now ' : '') + money.format(p.price) + '</p>';
  if (p.sold_out) body += '<p>sold out</p>';
  else body += layout.form('/basket/add', ['sku', 'qty'], 'Into the basket');
  body += layout.form('/product/' + p.sku + '/review', ['stars', 'body'], 'Review');
  body += reviews.map(function (r) {
    return '<blockquote>' + r.stars + '/5 ' + util.escape(r.body) + ' (' + util.escape(r.first_name || 'a gardener') + ')</blockquote>';
  }).join('');
  return layout.page(p.name, body);
};

exports.basket = function (sums) {
  if (!sums.lines.length) return layout.page('Basket', '<p>Your basket is empty.</p>');
  var rows = sums.lines.map(function (l) {
    return [layout.link('/product/' + l.sku, l.name), l.qty, money.format(l.amount)];
  });
  return layout.page('Basket', layout.table(['', 'Qty', 'Amount'], rows) +
    '<p>Goods ' + money.format(sums.goods) + '</p><p>Postage ' + money.format(sums.postage) + '</p>' +
    '<p>Total ' + money.format(sums.total) + '</p>' + layout.link('/checkout', 'Checkout'));
};
