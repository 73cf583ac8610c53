"""A county's own workbook back, marked, with the list of what is wrong."""
