"""From an `Assessment` to content (sections, sentences, tables as data), and from content to files by one renderer each."""
