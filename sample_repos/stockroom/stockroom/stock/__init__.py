# stock: where things are, and how many
