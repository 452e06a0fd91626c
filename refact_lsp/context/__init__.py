"""What a model gets to see: the window around the cursor, cut where syntax allows."""
