"""Tables that people hand over as CSV or XLSX, read as text with bounded memory."""
