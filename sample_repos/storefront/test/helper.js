// Fresh database for every test, clock at Monday 2015-04-13 10:00, gateway and sftp replaced.
process.env.NODE_ENV = 'test';

var fs = require('fs');
var path = require('path');
var request = require('supertest');
var app = require('../app');
var db = require('../lib/db');
var flow = require('../lib/flow');
var mailer = require('../lib/mailer');
var session = require('../lib/session');
var util = require('../lib/util');
var product = require('../models/product');
var stock = require('../models/stock');
var gateway = require('../services/gateway');
var search = require('../services/search');
var accounts = require('../services/accounts');
var address = require('../models/address');
var cart = require('../models/cart');
var staff = require('../models/staff');

var root = path.join(__dirname, '..');
var schema = fs.readFileSync(path.join(root, 'db/schema.sql'), 'utf8');
var seed = fs.readFileSync(path.join(root, 'db/seed.sql'), 'utf8');
var transport = mailer.transport;
var post = gateway.post;
var image = null;

exports.PRODUCTS = [
  { sku: 'TOM-1', name: 'Tomato Moneymaker', latin: 'Solanum lycopersicum', description: 'Good for the greenhouse', price: 199, weight_g: 5, edible: 1, category_id: 1, sow_from: 2, sow_to: 4, stock: 50 },
  { sku: 'GAR-2', name: 'Garlic Solent Wight', latin: 'Allium sativum', description: 'Plant in autumn', price: 350, weight_g: 60, edible: 1, category_id: 1, sow_from: 10, sow_to: 2, stock: 8 },
  { sku: 'SWP-3', name: 'Sweet Pea Matucana', latin: 'Lathyrus odoratus', description: 'Scented, for the greenhouse or pots', price: 249, weight_g: 5, edible: 0, category_id: 2, sow_from: 3, sow_to: 5, stock: 20 },
  { sku: 'SPD-9', name: 'Border Spade', description: 'Ash & steel', price: 4200, weight_g: 1800, edible: 0, category_id: 3, stock: 2 }
];

exports.gatewayCalls = [];
exports.gatewayAnswer = 'status=OK\nref=ref-1\n';
exports.mails = [];

exports.reset = function (done) {
  util.setNow('2015-04-13T10:00:00Z');
  session.clear();
  search.forget();
  exports.gatewayCalls = [];
  exports.gatewayAnswer = 'status=OK\nref=ref-1\n';
  gateway.post = function (url, values, cb) {
    exports.gatewayCalls.push({ url: url, values: values });
    setImmediate(function () {
      if (exports.gatewayAnswer instanceof Error) return cb(exports.gatewayAnswer);
      cb(null, exports.gatewayAnswer);
    });
  };
  exports.mails = [];
  mailer.transport = function (mail, cb) {
    if (/^bad/.test(mail.recipient)) return cb(new Error('mail server: 550 no such user'));
    exports.mails.push(mail);
    cb(null);
  };
  db.close();
  if (image) return db.open(image, done);
  flow.series([
    function (next) { db.open(null, next); },
    function (next) { db.script(schema, next); },
    function (next) { db.script(seed, next); },
    function (next) {
      flow.each(exports.PRODUCTS, function (p, more) {
        product.create(p, function (err) {
          if (err) return more(err);
          stock.receive(p.sku, p.stock, 'start', more);
        });
      }, next);
    },
    function (next) { flow.each(['packer', 'buyer', 'accounts'], function (role, more) { staff.add(role, role + '!', role, more); }, next); }
  ], function (err) {
    if (err) return done(err);
    image = db.dump();
    db.close();
    db.open(image, done);
  });
};

exports.restore = function () {
  mailer.transport = transport;
  gateway.post = post;
  util.setNow(null);
  db.close();
};

exports.agent = function () { return request.agent(app); };

exports.request = function () { return request(app); };

// {id, address}: a registered customer with an address
exports.customer = function (email, cb) {
  accounts.register({ email: email, password: 'secret1', first_name: 'Ann', last_name: 'Reed' }, function (err, id) {
    if (err) return cb(err);
    address.add(id, { line1: '1 High St', town: 'Wareham', postcode: 'bh20 4ab' }, function (err, addressId) {
      cb(err, { id: id, email: email, address: addressId });
    });
  });
};

// logged in agent
exports.login = function (email, cb) {
  exports.customer(email, function (err, customer) {
    if (err) return cb(err);
    var agent = exports.agent();
    agent.post('/account/login').type('form').send({ email: email, password: 'secret1' }).expect(302, function (err) {
      cb(err, agent, customer);
    });
  });
};

exports.staff = function (role, cb) {
  var agent = exports.agent();
  var password = role === 'owner' ? 'password' : role + '!';
  agent.post('/admin/login').type('form').send({ login: role, password: password }).expect(302, function (err) {
    cb(err, agent);
  });
};

exports.fill = function (customerId, items, cb) {
  cart.forCustomer(customerId, function (err, row) {
    if (err) return cb(err);
    flow.each(Object.keys(items), function (sku, next) { cart.put(row.id, sku, items[sku], next); }, cb);
  });
};

exports.CARD = { number: '4111 1111 1111 1111', expiry: '0417', cvc: '123' };

// a paid order; cb(err, orderNo, customer)
exports.order = function (items, cb) {
  var checkout = require('../services/checkout');
  exports.customer('ann@reed.example', function (err, customer) {
    if (err) return cb(err);
    exports.fill(customer.id, items, function (err) {
      if (err) return cb(err);
      checkout.place(customer, { address_id: customer.address, card: exports.CARD }, function (err, orderNo) {
        cb(err, orderNo, customer);
      });
    });
  });
};
