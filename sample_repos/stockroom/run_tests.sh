#!/bin/sh
# sh run_tests.sh            needs nothing but Python 2.7
cd `dirname $0`
exec ${PYTHON:-python2.7} -B -m unittest discover -s tests -t . "$@"
