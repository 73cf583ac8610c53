"""Running jobs on an existing Dask cluster: orders go out, parcels come back, the coordinator alone publishes."""
