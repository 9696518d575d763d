"""How a score becomes an action or a forecast. One module for each kind of decision rule."""
