"""What a model eats and gives, watched over time: so far, how far a table is from a reference."""
