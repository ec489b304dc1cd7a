"""Data that moves: the shape of tables, how each moves, what proves that it arrived, and synthetic rows for rehearsals."""
