"""Delivery: a county's published folder packed, checked for what is not its own, sealed, recorded, received."""
