var helper = require('./helper');
var assert = require('assert');
var fs = require('fs');
var os = require('os');
var path = require('path');
var carrier = require('../services/carrier');
var config = require('../config');
var db = require('../lib/db');
var drop = require('../jobs/carrier_drop');
var fulfilment = require('../services/fulfilment');
var mailqueue = require('../models/mailqueue');
var nightly = require('../jobs/nightly');
var order = require('../models/order');
var product = require('../models/product');
var rate = require('../models/rate');
var shipment = require('../models/shipment');
var stock = require('../models/stock');
var util = require('../lib/util');

function packed(items, cb) {
  helper.order(items, function (err, no) {
    if (err) return cb(err);
    fulfilment.pack(no, 'x', function (err, parcels) {
      cb(err, no, parcels);
    });
  });
}

describe('stock', function () {
  beforeEach(helper.reset);
  after(helper.restore);

  it('is received', function (done) {
    stock.receive('TOM-1', 10, 'van', function (err) {
      assert.ifError(err);
      stock.moves('TOM-1', function (err, rows) {
        assert.deepEqual([rows[0].qty, rows[0].reason, rows[0].ref], [10, 'IN', 'van']);
        done(err);
      });
    });
  });

  it('is not received for nothing', function (done) {
    stock.receive('NOPE', 1, '', function (err) {
      assert.equal(err.message, 'no stock record for NOPE');
      done();
    });
  });

  it('closes the shop window', function (done) {
    db.run("UPDATE stock SET reserved = 50 WHERE sku = 'TOM-1'", [], function () {
      stock.refreshSoldOut('TOM-1', function () {
        product.find('TOM-1', function (err, p) {
          assert.equal(p.sold_out, 1);
          stock.receive('TOM-1', 1, '', function () {
            product.find('TOM-1', function (err, p) {
              assert.equal(p.sold_out, 0);
              done(err);
            });
          });
        });
      });
    });
  });

  it('is low', function (done) {
    stock.low(function (err, rows) {
      assert.deepEqual(rows.map(function (r) { return r.sku; }), ['SPD-9']);
      done(err);
    });
  });

  it('is received in the browser', function (done) {
    helper.staff('packer', function (err, agent) {
      assert.ifError(err);
      agent.post('/admin/stock/receive').type('form').send({ sku: 'SPD-9', qty: '9' }).expect('Location', '/admin/stock/SPD-9', function (err) {
        assert.ifError(err);
        agent.get('/admin/stock/SPD-9').expect(/<td>9<\/td><td>IN<\/td>/, function (err) {
          assert.ifError(err);
          agent.post('/admin/stock/receive').type('form').send({ sku: 'SPD-9', qty: '-9' }).expect(400, done);
        });
      });
    });
  });
});

describe('postage', function () {
  beforeEach(helper.reset);
  after(helper.restore);

  it('takes the smallest band', function (done) {
    rate.price('GB', 100, function (err, a) {
      assert.ifError(err);
      rate.price('GB', 101, function (err, b) {
        assert.ifError(err);
        rate.price('GB', 20001, function (err, c) {
          assert.deepEqual([a, b, c], [95, 295, null]);
          done(err);
        });
      });
    });
  });

  it('is changed in the browser', function (done) {
    helper.staff('packer', function (err, agent) {
      assert.ifError(err);
      agent.post('/admin/postage').type('form').send({ id: 1, price: '1.05' }).expect(302, function (err) {
        assert.ifError(err);
        agent.get('/admin/postage').expect(/<td>100<\/td><td>\u00a31.05<\/td>/, done);
      });
    });
  });
});

describe('fulfilment', function () {
  beforeEach(helper.reset);
  after(helper.restore);

  it('splits heavy orders', function () {
    assert.deepEqual(fulfilment.split(500), [540]);
    assert.deepEqual(fulfilment.split(15000), [15040]);
    assert.deepEqual(fulfilment.split(31000), [15000, 15000, 1040]);
  });

  it('lists what to pick', function (done) {
    helper.order({ 'TOM-1': 2, 'GAR-2': 1 }, function (err) {
      assert.ifError(err);
      fulfilment.pickList(function (err, rows) {
        assert.deepEqual(rows, [{ sku: 'GAR-2', name: 'Garlic Solent Wight', qty: 1, orders: 1 },
          { sku: 'TOM-1', name: 'Tomato Moneymaker', qty: 2, orders: 1 }]);
        done(err);
      });
    });
  });

  it('packs', function (done) {
    packed({ 'GAR-2': 2 }, function (err, no, parcels) {
      assert.ifError(err);
      assert.deepEqual(parcels, ['P000001']);
      shipment.find('P000001', function (err, s) {
        assert.deepEqual([s.order_no, s.weight_g, s.status], [no, 160, 'PACKED']);
        done(err);
      });
    });
  });

  it('ships: stock, window, mail', function (done) {
    packed({ 'SPD-9': 2 }, function (err, no) {
      assert.ifError(err);
      fulfilment.ship(no, 'x', function (err) {
        assert.ifError(err);
        stock.get('SPD-9', function (err, s) {
          assert.deepEqual([s.on_hand, s.reserved], [0, 0]);
          product.find('SPD-9', function (err, p) {
            assert.equal(p.sold_out, 1);
            mailqueue.waiting(function (err, mails) {
              assert.equal(mails[2].subject, 'Your order K000001 is on its way');
              done(err);
            });
          });
        });
      });
    });
  });

  it('does not ship what is not packed', function (done) {
    helper.order({ 'TOM-1': 1 }, function (err, no) {
      assert.ifError(err);
      fulfilment.ship(no, 'x', function (err) {
        assert.equal(err.message, 'K000001 cannot go from PAID to SHIP');
        done();
      });
    });
  });

  it('takes things back', function (done) {
    packed({ 'TOM-1': 3 }, function (err, no) {
      assert.ifError(err);
      fulfilment.ship(no, 'x', function (err) {
        assert.ifError(err);
        fulfilment.returned(no, 'x', function (err) {
          assert.ifError(err);
          util.available('TOM-1', function (err, free) {
            assert.equal(free, 50);
            done(err);
          });
        });
      });
    });
  });

  it('is done after 14 days', function (done) {
    packed({ 'TOM-1': 3 }, function (err, no) {
      assert.ifError(err);
      fulfilment.ship(no, 'x', function (err) {
        assert.ifError(err);
        util.setNow('2015-04-28T10:00:00Z');
        nightly.run(function (err, result) {
          assert.equal(result.closed, 1);
          order.find(no, function (err, o) {
            assert.equal(o.status, 'DONE');
            done(err);
          });
        });
      });
    });
  });

  it('packs and ships in the browser', function (done) {
    helper.order({ 'TOM-1': 1 }, function (err, no) {
      assert.ifError(err);
      helper.staff('packer', function (err, agent) {
        assert.ifError(err);
        agent.get('/admin/orders').expect(/K000001/, function (err) {
          assert.ifError(err);
          agent.post('/admin/orders/' + no + '/pack').expect(302, function (err) {
            assert.ifError(err);
            agent.post('/admin/orders/' + no + '/ship').expect(302, function (err) {
              assert.ifError(err);
              agent.post('/admin/orders/' + no + '/ship').expect(400, /cannot go from SHIP to SHIP/, done);
            });
          });
        });
      });
    });
  });

  it('prints the pick list', function (done) {
    helper.order({ 'TOM-1': 1 }, function (err) {
      assert.ifError(err);
      helper.staff('packer', function (err, agent) {
        assert.ifError(err);
        agent.get('/admin/orders/picklist').expect(/^TOM-1 {7}Tomato Moneymaker {23} {4}1 {3}1$/, done);
      });
    });
  });
});

describe('carrier', function () {
  var folder;
  var spawn = carrier.spawn;

  beforeEach(function (done) {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'storefront-'));
    config.carrier.out = folder;
    config.carrier.answers = folder;
    helper.reset(done);
  });

  afterEach(function () {
    carrier.spawn = spawn;
    fs.readdirSync(folder).forEach(function (name) { fs.unlinkSync(path.join(folder, name)); });
    fs.rmdirSync(folder);
  });

  after(helper.restore);

  it('writes fixed records', function () {
    var line = carrier.record({ parcel_no: 'P000001', first_name: 'Ann', last_name: 'Reed', line1: '1 High St', town: 'Wareham', postcode: 'BH20 4AB', weight_g: 540 });
    assert.equal(line.length, 115);
    assert.equal(line.slice(0, 20), 'DP000001   Ann Reed ');
    assert.equal(line.slice(101), 'BH20 4AB000540');
  });

  it('writes the file in latin-1', function (done) {
    packed({ 'TOM-1': 1 }, function (err) {
      assert.ifError(err);
      db.run("UPDATE customers SET last_name = 'Caf\u00e9'", [], function () {
        carrier.write(folder, '2015-04-13', function (err, name) {
          assert.ifError(err);
          assert.equal(name, 'KW20150413.TXT');
          var data = fs.readFileSync(path.join(folder, name));
          var lines = data.toString('binary').split('\r\n');
          assert.equal(lines[0], 'HKW0031  2015041300001');
          assert.equal(lines[1].indexOf('Ann Caf\u00e9'), 11);
          assert.equal(lines[2], 'T00001000000045');
          assert.equal(data.length, 22 + 115 + 15 + 6);
          done();
        });
      });
    });
  });

  it('writes nothing when there is nothing', function (done) {
    carrier.write(folder, '2015-04-13', function (err, name) {
      assert.strictEqual(name, null);
      done(err);
    });
  });

  it('sends the file', function (done) {
    var seen = null;
    carrier.spawn = function (args, input, cb) {
      seen = { args: args, input: input };
      cb(null);
    };
    packed({ 'TOM-1': 1 }, function (err) {
      assert.ifError(err);
      drop.send(function (err, name) {
        assert.ifError(err);
        assert.equal(seen.args[4], 'kettlewell@sftp.royalfreight.example');
        assert.equal(seen.input, 'put ' + path.join(folder, name) + ' in/' + name + '\nquit\n');
        db.value('SELECT sent FROM carrier_files', [], function (err, sent) {
          assert.equal(sent, 1);
          drop.send(function (err, again) {
            assert.strictEqual(again, null);
            done(err);
          });
        });
      });
    });
  });

  it('says when sftp fails', function (done) {
    carrier.spawn = function (args, input, cb) { cb(new Error('sftp ended with 255')); };
    packed({ 'TOM-1': 1 }, function (err) {
      assert.ifError(err);
      drop.send(function (err) {
        assert.equal(err.message, 'sftp ended with 255');
        done();
      });
    });
  });

  it('reads the answers', function (done) {
    packed({ 'TOM-1': 1 }, function (err, no) {
      assert.ifError(err);
      fs.writeFileSync(path.join(folder, 'b.ANS'), 'A;P000001;RF99\r\nR;P000007;broken\r\n');
      fs.writeFileSync(path.join(folder, 'a.txt'), 'no');
      drop.answers(function (err, counts) {
        assert.deepEqual(counts, [{ accepted: 1, refused: 0, unknown: 1 }]);
        assert.deepEqual(fs.readdirSync(folder).sort(), ['a.txt', 'b.ANS.done']);
        shipment.of(no, function (err, rows) {
          assert.deepEqual([rows[0].status, rows[0].tracking], ['ACCEPTED', 'RF99']);
          done(err);
        });
      });
    });
  });
});
