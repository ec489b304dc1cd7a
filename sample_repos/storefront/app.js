var bodyParser = require('body-parser');
var express = require('express');
var session = require('./lib/session');
var web = require('./lib/web');
var pagehit = require('./models/pagehit');

var app = express();

app.disable('x-powered-by');
app.use(bodyParser.urlencoded({ extended: false }));
app.use(bodyParser.json());
app.use(session);
app.use(function (req, res, next) {
  if (req.method !== 'GET' || /^\/(admin|api)\//.test(req.url)) return next();
  pagehit.hit(req.path, next);
});

app.use('/', require('./routes/shop'));
app.use('/basket', require('./routes/basket'));
app.use('/checkout', require('./routes/checkout'));
app.use('/account', require('./routes/account'));
app.use('/orders', require('./routes/orders'));
app.use('/newsletter', require('./routes/newsletter'));
app.use('/admin', require('./routes/admin'));
app.use('/admin/products', require('./routes/admin_products'));
app.use('/admin/stock', require('./routes/admin_stock'));
app.use('/admin/orders', require('./routes/admin_orders'));
app.use('/admin/payments', require('./routes/admin_payments'));
app.use('/admin/customers', require('./routes/admin_customers'));
app.use('/admin/newsletters', require('./routes/admin_newsletters'));
app.use('/admin/reports', require('./routes/admin_reports'));
app.use('/admin/postage', require('./routes/admin_postage'));
app.use('/api', require('./routes/api'));

app.use(function (req, res, next) {
  next(web.fail(404, 'There is no page ' + req.path));
});
app.use(web.errors);

module.exports = app;
