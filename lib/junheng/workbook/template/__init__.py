"""The blank collection workbook that counties fill in."""
