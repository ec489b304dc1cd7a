"""Business logic, moved out of the views (OD-1600 "service layer").

Started March 2019: ordering, invoicing, stock, tax, credit.
Not moved: desk.py, ops.py, batch.py, dispatch.py, most of utils.py.
"""
