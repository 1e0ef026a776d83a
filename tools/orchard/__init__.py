"""Draws sample photos of fruit, turning before a white background as in Fruits-360."""
