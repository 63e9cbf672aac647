"""What changes a tree towards a brief."""
