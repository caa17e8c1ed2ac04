"""Text that people open in a spreadsheet, where some first signs would make it a formula."""

# The wide forms of East Asian keyboards are read as well; spaces in front of the sign do not help.
FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


def safe(text: str) -> str:
    """`text` as a cell that no spreadsheet takes for a formula: an apostrophe in front says that it is text."""
    return f"'{text}" if text.startswith(FORMULA) or text.lstrip().startswith(FORMULA) else text
