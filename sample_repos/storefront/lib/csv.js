// CSV, as Excel writes it.

exports.parse = function (text) {
  var rows = [];
  var row = [];
  var cell = '';
  var quoted = false;
  for (var i = 0; i < text.length; i += 1) {
    var c = text[i];
    if (quoted) {
      if (c === '"' && text[i + 1] === '"') {
        cell += '"';
        i += 1;
      } else if (c === '"') {
        quoted = false;
      } else {
        cell += c;
      }
    } else if (c === '"') {
      quoted = true;
    } else if (c === ',') {
      row.push(cell);
      cell = '';
    } else if (c === '\n') {
      row.push(cell);
      rows.push(row);
      row = [];
      cell = '';
    } else if (c !== '\r') {
      cell += c;
    }
  }
  if (cell || row.length) {
    row.push(cell);
    rows.push(row);
  }
  return rows;
};

// rows as objects by the names in the first line
exports.objects = function (text) {
  var rows = exports.parse(text);
  var names = (rows.shift() || []).map(function (name) { return name.trim().toLowerCase(); });
  return rows.filter(function (row) { return row.join('').trim() !== ''; }).map(function (row) {
    var object = {};
    names.forEach(function (name, i) { object[name] = (row[i] || '').trim(); });
    return object;
  });
};

exports.format = function (rows) {
  return rows.map(function (row) {
    return row.map(function (value) {
      var text = value === null || value === undefined ? '' : String(value);
      return /[",\n]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text;
    }).join(',');
  }).join('\r\n') + '\r\n';
};
