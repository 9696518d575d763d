"""The year of flights: 2013 month by month, through scoring, outcomes, reviews and retraining.

    make year

The flights, their weather and their delays are real. What the connections desk does with a decision
is simulated, by rules that stand in `desk.py`, and every row of it says so in the outcome log.
"""
