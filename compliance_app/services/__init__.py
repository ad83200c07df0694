"""What people ask for: one function an act; none commits."""
