"""Which models a server has, and what it tells of them."""
