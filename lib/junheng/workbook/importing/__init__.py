"""Foreign forms and exports become a collection workbook, by mappings that are data."""
