"""How each kind of value is taken apart, one family of types to a file."""
