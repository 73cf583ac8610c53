"""Chunks of counties made by the ordinary batch on the machines of a Dask cluster; the coordinator alone publishes."""

REFUSED = 3
"""The exit code of a process beside Dask's (beside.py) whose answer is a Chinese sentence: what its machine cannot do."""
