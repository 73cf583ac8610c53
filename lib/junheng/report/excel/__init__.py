"""Content as Excel workbooks and CSV files."""
