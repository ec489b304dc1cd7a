# users: who may do what
