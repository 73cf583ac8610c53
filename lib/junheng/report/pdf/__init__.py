"""The Word file as PDF through LibreOffice, and every written file opened again."""
