# Stuff carried over from OrderDesk 2. Works, leave it.
