"""What is said, before any format: sections, sentences and tables as data."""
