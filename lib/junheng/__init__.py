"""junheng (均衡): reproducible county assessment reports from education statistics."""

__version__ = "0.1.0"
