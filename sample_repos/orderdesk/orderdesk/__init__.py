"""OrderDesk - order entry, stock, invoicing and dispatch for HP Trade Supply."""

__version__ = "4.17.2"

# history: 1.x was the Access database, 2.x ran on web.py, 3.x is the first Flask one.
# The version is printed in the page footer, the warehouse reads it out on the
# phone when something is broken. Bump it.
