"""The batch: decide what is stale, run one job a county, publish each result whole or not at all."""
