"""Reading the lists that examination bodies hand over: CSV and XLSX, in the headings BKN uses."""
