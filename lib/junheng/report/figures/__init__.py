"""Content as figures."""
