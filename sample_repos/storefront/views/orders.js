var money = require('../lib/money');
var util = require('../lib/util');
var layout = require('./layout');

exports.lines = function (lines) {
  return layout.table(['', 'Qty', 'Price'], lines.map(function (l) {
    return [util.escape(l.name), l.qty, money.format(l.price)];
  }));
};

exports.show = function (o, lines, parcels) {
  return layout.page('Order ' + o.order_no, '<p>' + o.status + ', ' + util.uiDate(o.placed_at) + '</p>' + exports.lines(lines) +
    '<p>Total ' + money.format(o.total) + '</p>' + parcels.map(function (p) {
      return '<p>Parcel ' + p.parcel_no + ' ' + util.escape(p.tracking) + '</p>';
    }).join('') + (o.status === 'PAID' ? layout.form('/orders/' + o.order_no + '/cancel', [], 'Cancel') : ''));
};

exports.admin = function (o, lines, history, payments) {
  return layout.admin('Order ' + o.order_no, '<p>' + o.status + '</p>' + exports.lines(lines) +
    layout.table(['From', 'To', 'At', 'Who'], history.map(function (h) {
      return [h.old_status, h.new_status, h.at, util.escape(h.who)];
    })) + layout.table(['Payment', 'Status', 'Amount'], payments.map(function (p) {
      return [p.id, p.status, money.format(p.amount)];
    })) + layout.form('/admin/orders/' + o.order_no + '/pack', [], 'Pack') +
    layout.form('/admin/orders/' + o.order_no + '/ship', [], 'Ship') +
    layout.form('/admin/orders/' + o.order_no + '/return', [], 'Returned'));
};
