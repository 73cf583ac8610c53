"""Chunks of counties made by the ordinary batch on the machines of a Dask cluster; the coordinator alone publishes."""
