// One file for all machines. Values for the live shop, NODE_ENV=test changes a few.
var path = require('path');

var config = {
  name: 'Kettlewell Seeds',
  port: 3000,
  base: 'http://www.kettlewell.example',

  db: {
    file: '/var/lib/storefront/shop.sqlite',
    flushAfter: 2000
  },

  cookieName: 'ksid',
  secret: 'marigold-1974',

  smtp: {
    host: 'mail.kettlewell.example',
    port: 25,
    from: 'shop@kettlewell.example',
    user: 'shop',
    password: 'Sweetpea!9'
  },

  // CardStream was taken over by PayHarbour in 2013, the old name is all over the code
  gateway: {
    host: 'api.payharbour.example',
    port: 80,
    merchant: 'KETTLE01',
    key: 'ph_live_5b1f0c77d2'
  },

  carrier: {
    host: 'sftp.royalfreight.example',
    user: 'kettlewell',
    keyFile: '/home/shop/.ssh/royalfreight_rsa',
    out: '/mnt/carrier/out',
    answers: '/mnt/carrier/in',
    account: 'KW0031'
  },

  uploads: '/var/lib/storefront/pictures',
  log: '/var/log/storefront/shop.log',

  vat: { standard: 20, zero: 0 },
  freePostageFrom: 3500,
  pageSize: 24,
  staffMail: 'orders@kettlewell.example',
  apiKey: 'till-in-the-garden-shop'
};

if (process.env.NODE_ENV === 'test') {
  config.db.file = null;
  config.log = null;
  config.carrier.out = path.join(require('os').tmpdir(), 'storefront-carrier-out');
}

module.exports = config;
