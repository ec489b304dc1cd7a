// Our own async.js (npm was not allowed on the server in 2013).

// each(list, function (item, next), function (err)) one after the other
exports.each = function (list, step, done) {
  var i = 0;
  function next(err) {
    if (err) return done(err);
    if (i >= list.length) return done(null);
    var item = list[i];
    i += 1;
    step(item, next);
  }
  next(null);
};

exports.map = function (list, step, done) {
  var results = [];
  exports.each(list, function (item, next) {
    step(item, function (err, result) {
      if (err) return next(err);
      results.push(result);
      next(null);
    });
  }, function (err) {
    done(err, results);
  });
};

// series([f(cb), f(cb)], done(err, results))
exports.series = function (steps, done) {
  exports.map(steps, function (step, cb) { step(cb); }, done);
};

// all at once; done is called once, with the first error or with all results by name
exports.parallel = function (tasks, done) {
  var names = Object.keys(tasks);
  var left = names.length;
  var results = {};
  var over = false;
  if (!left) return done(null, results);
  names.forEach(function (name) {
    tasks[name](function (err, result) {
      if (over) return;
      if (err) {
        over = true;
        return done(err);
      }
      results[name] = result;
      left -= 1;
      if (!left) {
        over = true;
        done(null, results);
      }
    });
  });
};
