"""Links between our places and actors and the things of other data sets: proposed, reviewed, checked, made use of."""
