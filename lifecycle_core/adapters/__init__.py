"""The outside world, one module per system. Heavy libraries load when a function needs them."""
