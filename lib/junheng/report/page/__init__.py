"""Content as HTML: for notebooks, and the city's offline page."""
