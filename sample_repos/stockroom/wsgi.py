# WSGIDaemonProcess stockroom processes=1 threads=1  (ST-233, ST-402)
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
if not os.environ.has_key('HOME'):
    os.environ['HOME'] = os.getcwdu().encode('ascii', 'ignore')

from stockroom.app import application
