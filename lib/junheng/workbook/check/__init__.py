"""The declared checks over a book that has been read."""
