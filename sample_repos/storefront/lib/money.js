// Pence everywhere. Pounds only on the screen and in the carrier's file.

exports.format = function (pence) {
  var sign = pence < 0 ? '-' : '';
  var abs = Math.abs(pence);
  var pounds = String(Math.floor(abs / 100)).replace(/\B(?=(\d{3})+$)/g, ',');
  var rest = String(abs % 100);
  return sign + '\u00a3' + pounds + '.' + (rest.length < 2 ? '0' + rest : rest);
};

exports.parse = function (text) {
  var match = /^\s*\u00a3?\s*(\d+)(?:[.,](\d{1,2}))?\s*$/.exec(String(text));
  if (!match) return null;
  var rest = match[2] || '0';
  if (rest.length === 1) rest += '0';
  return parseInt(match[1], 10) * 100 + parseInt(rest, 10);
};

// VAT that is inside a price, half a penny up
exports.vatInside = function (gross, rate) {
  return Math.round(gross * rate / (100 + rate));
};

exports.percent = function (pence, percent) {
  return Math.round(pence * percent / 100);
};

// shares of an amount that add up to it again; the last one gets the rest
exports.split = function (amount, weights) {
  var total = weights.reduce(function (a, b) { return a + b; }, 0);
  var left = amount;
  return weights.map(function (weight, i) {
    var share = i === weights.length - 1 ? left : Math.floor(amount * weight / (total || 1));
    left -= share;
    return share;
  });
};
