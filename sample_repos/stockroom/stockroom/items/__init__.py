# items: what we stock
