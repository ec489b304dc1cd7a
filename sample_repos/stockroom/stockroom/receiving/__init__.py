# receiving: suppliers, purchase orders, goods in
