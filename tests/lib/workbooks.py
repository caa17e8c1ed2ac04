"""Workbooks written by hand, sound and crafted ones: what a spreadsheet program would never write too."""

import io
import zipfile

CONTENT_TYPES = """<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>
<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>
</Types>"""
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = f"""<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="{OFFICE}/%s" Target="%s"/>%s</Relationships>"""
BOOK = f"""<?xml version="1.0"?><workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>
<sheet name="Nilai" sheetId="1" r:id="rId1"/></sheets></workbook>"""


def sheet(rows: str, *, start: str = "", dimension: str = "A1:D2") -> str:
    """A worksheet; `start` stands between the declaration and the root, where a document type would."""
    return (
        f'<?xml version="1.0"?>{start}<worksheet xmlns="{MAIN}"><dimension ref="{dimension}"/>'
        f"<sheetData>{rows}</sheetData></worksheet>"
    )


def row(*cells) -> str:
    """A row of a worksheet: numbers as numbers, the rest as text within the cell."""
    written = "".join(
        f"<c><v>{cell}</v></c>" if isinstance(cell, int) else f'<c t="inlineStr"><is><t>{cell}</t></is></c>'
        for cell in cells
    )
    return f"<row>{written}</row>"


def workbook(sheet_xml: str, *, strings: str = "", more: dict[str, bytes] | None = None) -> io.BytesIO:
    """An XLSX file with one worksheet; `strings` are its shared strings, `more` further files in the archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", CONTENT_TYPES)
        archive.writestr("_rels/.rels", RELATIONS % ("officeDocument", "xl/workbook.xml", ""))
        archive.writestr("xl/workbook.xml", BOOK)
        shared = f'<Relationship Id="rId2" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
        archive.writestr("xl/_rels/workbook.xml.rels", RELATIONS % ("worksheet", "worksheets/sheet1.xml", shared))
        archive.writestr("xl/sharedStrings.xml", strings or f'<?xml version="1.0"?><sst xmlns="{MAIN}"/>')
        archive.writestr("xl/worksheets/sheet1.xml", sheet_xml)
        for name, content in (more or {}).items():
            archive.writestr(name, content)
    file.seek(0)
    return file
