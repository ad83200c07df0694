"""What is allowed: pure functions and dated tables, standard library only."""
