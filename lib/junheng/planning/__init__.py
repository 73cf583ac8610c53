"""The least-cost plan to pass: what must be added or moved, where, at what price (params/prices.yml)."""
