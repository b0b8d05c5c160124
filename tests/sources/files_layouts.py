"""Files in the layouts of the agencies, written with made-up numbers."""

from __future__ import annotations

import datetime as dt
import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

from openpyxl import Workbook

Row = Sequence[object]
FYLKER = {
    "01": "Østfold", "02": "Akershus", "03": "Oslo", "04": "Hedmark", "05": "Oppland",
    "06": "Buskerud", "07": "Vestfold", "08": "Telemark", "09": "Aust-Agder",
    "10": "Vest-Agder", "11": "Rogaland", "12": "Hordaland", "14": "Sogn og Fjordane",
    "15": "Møre og Romsdal", "16": "Sør-Trøndelag", "17": "Nord-Trøndelag",
    "18": "Nordland", "19": "Troms", "20": "Finnmark",
}  # fmt: skip
KOMMUNER = tuple(
    f"{fylke}{n:02d}" for fylke in FYLKER for n in ((1,) if fylke == "03" else range(1, 24))
)


def name_of(kommune: str) -> str:
    return f"By{kommune}"


def number_of(kommune: str, year: int = 2016, group: int = 0) -> int:
    """A made-up count, the same every time."""
    return (int(kommune) * 7 + year * 13 + group * 31) % 97 + 5


def with_fylker(
    value: object = number_of, *, before: bool = True, code: bool = True
) -> list[tuple[str, str, list[str]]]:
    """(label, code, kommuner) blocks: one for each fylke."""
    return [
        (f"{f} {name}" if code else name, f, [k for k in KOMMUNER if k[:2] == f])
        for f, name in FYLKER.items()
    ]


def to_xlsx(
    sheets: Mapping[str, Sequence[Row]],
    *,
    merges: Mapping[str, Sequence[str]] | None = None,
    hidden: Sequence[str] = (),
    errors: Mapping[str, Mapping[str, str]] | None = None,
) -> bytes:
    """Write .xlsx; ``errors`` puts #REF! and the like into cells."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for i, row in enumerate(rows, 1):
            for j, cell in enumerate(row, 1):
                if cell is not None:
                    sheet.cell(i, j, cell)
        for area in (merges or {}).get(name, ()):
            sheet.merge_cells(area)
        for ref, error in (errors or {}).get(name, {}).items():
            sheet[ref] = error
            sheet[ref].data_type = "e"
        if name in hidden:
            sheet.sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


_ODS = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
)


class Span(str):
    """Text of an ODS cell that spans columns."""

    columns: int = 1

    def __new__(cls, text: str, columns: int) -> Span:
        made = super().__new__(cls, text)
        made.columns = columns
        return made


class Fault(str):
    """An error cell."""


def _ods_cell(cell: object) -> str:
    if cell is None:
        return "<table:table-cell/>"
    if isinstance(cell, Fault):
        return (
            '<table:table-cell office:value-type="string" office:string-value="" '
            f'calcext:value-type="error"><text:p>{cell}</text:p></table:table-cell>'
        )
    if isinstance(cell, Span):
        covered = f'<table:covered-table-cell table:number-columns-repeated="{cell.columns - 1}"/>'
        return (
            '<table:table-cell office:value-type="string" '
            f'table:number-columns-spanned="{cell.columns}"><text:p>{escape(cell)}</text:p>'
            f"</table:table-cell>{covered}"
        )
    if isinstance(cell, int | float):
        return (
            f'<table:table-cell office:value-type="float" office:value="{cell}"><text:p>{cell}'
            "</text:p></table:table-cell>"
        )
    if isinstance(cell, dt.date):
        return (
            f'<table:table-cell office:value-type="date" office:date-value="{cell}"><text:p>'
            f"{cell}</text:p></table:table-cell>"
        )
    return (
        '<table:table-cell office:value-type="string"><text:p>'
        f"{escape(str(cell))}</text:p></table:table-cell>"
    )


def to_ods(sheets: Mapping[str, Sequence[Row]], *, encrypted: bool = False) -> bytes:
    """Write a minimal .ods, with the endless empty rows and columns LibreOffice ends with."""
    tables = []
    for name, rows in sheets.items():
        body = "".join(
            f"<table:table-row>{''.join(map(_ods_cell, row))}"
            '<table:table-cell table:number-columns-repeated="16000"/></table:table-row>'
            for row in rows
        )
        tables.append(
            f"<table:table table:name={quoteattr(name)}>{body}"
            '<table:table-row table:number-rows-repeated="1048000">'
            '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
            "</table:table>"
        )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_ODS}><office:body>'
        f"<office:spreadsheet>{''.join(tables)}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    return ods_of(content, encrypted=encrypted)


def ods_of(content: str, *, encrypted: bool = False) -> bytes:
    lock = "<manifest:encryption-data/>" if encrypted else ""
    manifest = (
        '<?xml version="1.0"?><manifest:manifest '
        'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml">'
        f"{lock}</manifest:file-entry></manifest:manifest>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", content)
    return out.getvalue()


def to_csv(rows: Sequence[Row], *, separator: str = ";", encoding: str = "utf-8-sig") -> bytes:
    """Write text as Norwegian Excel does: decimal comma with semicolons."""

    def text(cell: object) -> str:
        if cell is None:
            return ""
        if isinstance(cell, float) and separator == ";":
            return str(cell).replace(".", ",")
        out = str(cell)
        return f'"{out}"' if separator in out else out

    lines = [separator.join(text(cell) for cell in row) for row in rows]
    return "\r\n".join([*lines, ""]).encode(encoding)


def to_xls(rows: Sequence[Row]) -> bytes:
    """Write the smallest old .xls: a BIFF8 stream in a compound file."""

    def record(kind: int, data: bytes) -> bytes:
        return struct.pack("<HH", kind, len(data)) + data

    def text(value: str) -> bytes:
        return struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")

    bof = struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0)
    name = b"\x04\x00Data"
    head = record(0x0809, bof)
    globals_size = len(head) + 4 + 6 + len(name) + 4
    stream = head + record(0x0085, struct.pack("<IBB", globals_size, 0, 0) + name)
    stream += record(0x000A, b"")
    stream += record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            if isinstance(cell, int | float):
                stream += record(0x0203, struct.pack("<HHHd", i, j, 0, float(cell)))
            elif cell is not None:
                stream += record(0x0204, struct.pack("<HHH", i, j, 0) + text(str(cell)))
    stream += record(0x000A, b"")
    return _compound(stream)


def _compound(stream: bytes) -> bytes:
    stream = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\0")
    sectors = len(stream) // 512
    fats = -(-(sectors + 2 + 2) // 128)
    end, fat_mark, free = 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
    fat = [*range(1, sectors), end, end] + [fat_mark] * fats
    fat += [free] * (fats * 128 - len(fat))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    header += struct.pack("<HHHHHHIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 0, 0, fats)
    header += struct.pack("<IIIIIII", sectors, 0, 4096, end, 0, end, 0)
    difat = [sectors + 1 + n for n in range(fats)]
    header += struct.pack("<109I", *(difat + [free] * (109 - fats)))

    def entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
        raw = name.encode("utf-16-le") + b"\0\0"
        return (
            raw.ljust(64, b"\0")
            + struct.pack("<HBBIII", len(raw), kind, 1, free, free, child)
            + b"\0" * 36
            + struct.pack("<IQ", start, size)
        )

    directory = entry("Root Entry", 5, 1, end, 0) + entry("Workbook", 2, free, 0, len(stream))
    directory = directory.ljust(512, b"\0")
    return header + stream + directory + struct.pack(f"<{len(fat)}I", *fat)


# --- the agencies' layouts -----------------------------------------------------------------


def imdi_download(
    years: Sequence[int], *, suppressed: Mapping[str, str] | None = None
) -> list[Row]:
    """The download by category: lost leading zeros, a row for each category and unit."""
    rows: list[Row] = [
        [
            "Kommunenummer",
            "Kommune",
            "Anmodning, vedtak og faktisk bosetting",
            "Enhet",
            "År",
            "Antall",
        ]
    ]
    categories = ("Anmodning om bosetting", "Opprinnelig anmodning", "Vedtak om bosetting",
                  "Faktisk bosetting")  # fmt: skip
    for year in years:
        for kommune in KOMMUNER:
            for group, category in enumerate(categories):
                value: object = number_of(kommune, year, group)
                if group == 3:
                    value = (suppressed or {}).get(kommune, value)
                name = None if kommune == "0102" else name_of(kommune)
                rows.append([int(kommune), name, category, "Personer", year, value])
                rows.append([int(kommune), name, category, "Prosent", year, "88,5"])
    return rows


def imdi_flat(year: int) -> list[Row]:
    """The older flat file: fylker first, with NULL for the kommune."""
    rows: list[Row] = [
        ["fylke_nr", "kommune_nr", "bosetting", "enhet", "tabellvariabel", "tabell_navn", "aar"]
    ]
    for fylke in FYLKER:
        rows.append([fylke, "NULL", "bosatt", "personer", 1, "bosatt_anmodede", year])
    for kommune in (*KOMMUNER, "9999"):
        for group, word in enumerate(("anmodning", "vedtak", "bosatt")):
            value: object = ":" if (kommune, word) == ("0105", "bosatt") else None
            value = value or number_of(kommune, year, group)
            rows.append(["NULL", kommune, word, "personer", value, "bosatt_anmodede", year])
            rows.append(["NULL", kommune, word, "prosent", 55.5, "bosatt_anmodede", year])
    return rows


def imdi_crosstable() -> list[Row]:
    """Years over measures; number and name in one cell; fylke rows and the country."""
    rows: list[Row] = [
        ["Bosetting av flyktninger"],
        ["Kilde: IMDi"],
        [],
        [None, "2015", None, "2016", None],
        ["Kommune", "Anmodning", "Bosatt", "Anmodning", "Bosatt"],
    ]
    cells = [(2015, 0), (2015, 2), (2016, 0), (2016, 2)]
    for label, _, kommuner in with_fylker():
        rows.append([label, *(sum(number_of(k, y, g) for k in kommuner) for y, g in cells)])
        rows += [[f"{k} {name_of(k)}", *(number_of(k, y, g) for y, g in cells)] for k in kommuner]
    rows.append(["Hele landet", *(sum(number_of(k, y, g) for k in KOMMUNER) for y, g in cells)])
    rows += [[], ["1) Foreløpige tall per 31.12.2016"]]
    return rows


AGES = ("18-29", "30-39", "40-44", "45-49", "50-54", "55-59", "60-64", "65-67")


def nav_ages(title: str = "Mottakere av uføretrygd. Pr. 31.12.2016. Antall") -> list[Row]:
    """Ages as columns, as NAV's table by fylke, with kommuner below each fylke."""
    rows: list[Row] = [[title], [], [None, "I alt", *AGES, "Uoppgitt"]]

    def line(label: str, kommuner: Sequence[str]) -> Row:
        groups = [sum(number_of(k, 2016, g) for k in kommuner) for g in range(len(AGES))]
        return [label, sum(groups), *groups, "-"]

    rows.append(line("I alt", KOMMUNER))
    for label, _, kommuner in with_fylker():
        rows.append(line(label, kommuner))
        rows += [line(f"{k} {name_of(k)}", [k]) for k in kommuner]
    rows += [[], ["*) Personer bosatt i utlandet er ikke med."]]
    return rows


def nav_months(year: int = 2016) -> dict[str, list[Row]]:
    """PST302: a block for each fylke with the month header repeated; bydeler and totals."""
    months = ["Januar", "Februar", "Desember"]

    def rows(factor: float) -> list[Row]:
        out: list[Row] = [
            [],
            [None, "Mottakere av uføretrygd"],
            [],
            [],
            [],
            [None, f"{year} : "],
            [],
        ]
        for label, fylke, kommuner in with_fylker():
            total = [factor * sum(number_of(k, year, m) for k in kommuner) for m in range(3)]
            out += [[None, label], [], [None, None, *months], [None, f"{label} i alt  ", *total]]
            for k in kommuner:
                values = [factor * number_of(k, year, m) for m in range(3)]
                if fylke == "03":
                    out.append([None, "030101 Gamle Oslo", *values])
                    out.append([None, "0301 Oslo - Oslove", "*", "*", "*"])
                elif k == "1103":
                    out.append([None, f"{k} Stavanger i alt  ", *values])
                    out.append([None, "110301 Hundvåg", 1, 1, 1])
                else:
                    out.append([None, f"{k} {name_of(k)}", *values])
            out += [[], []]
        return out

    return {
        " Om statistikken": [["Statistikken viser mottakere av uføretrygd."]],
        "Fylke. Antall": [[None, f"{year} : "], [None, *months], ["03 Oslo", 1, 2, 3]],
        "Kommune-bydel. Antall": rows(1),
        "Kommune-bydel. Andel": rows(0.1),
    }


def nav_age_rows(years: Sequence[int] = (2015, 2016)) -> list[Row]:
    """A row for each kommune and age group, years as columns."""
    rows: list[Row] = [["Kommunenr", "Kommune", "Alder", *(str(y) for y in years)]]
    for k in KOMMUNER:
        for g, age in enumerate(AGES):
            rows.append([k, name_of(k), f"{age} år", *(number_of(k, y, g) for y in years)])
    return rows


def criteria(kommune: str) -> tuple[int, float]:
    return 1000 + 37 * number_of(kommune), round(number_of(kommune, 2016, 3) / 80, 3)


def gront_hefte_2016() -> tuple[dict[str, list[Row]], dict[str, list[str]]]:
    """Number and name apart; three header rows with merged cells; subtotals by fylke name."""
    rows: list[Row] = [
        ["Tabell E-k Kriteriedata for kommunene 2016"],
        [],
        ["Kommune-", "Kommune", "Innbyggere per 1. juli", None, "Sosiale kriterier", None],
        ["nr.", None, "i alt", "16-66 år", "Opphopnings-\nindeks1)", "Urbanitets-\nkriterium"],
        [None, None, "antall", "antall", "indeks", "indeks"],
        ["1", "2", "3", "4", "5", "6"],
    ]
    for _, fylke, kommuner in with_fylker():
        for k in kommuner:
            people, index = criteria(k)
            rows.append([int(k), name_of(k), people, people // 2, index, people**1.2])
        sums = [sum(criteria(k)[0] for k in kommuner), sum(criteria(k)[0] // 2 for k in kommuner)]
        rows += [[None, FYLKER[fylke], *sums, 1.11, 5.5], []]
    sums = [sum(criteria(k)[0] for k in KOMMUNER), sum(criteria(k)[0] // 2 for k in KOMMUNER)]
    rows += [[None, "Hele landet", *sums, 1.0, 7.7], [], ["1) Beregnet av departementet."]]
    merges = {"E-k": ["A1:F1", "C3:D3", "E3:F3", "B3:B4"]}
    return {"E-k": rows, "Forklaring": [["Kolonne 5", "Opphopningsindeks"]]}, merges


def gront_hefte_ods() -> dict[str, list[Row]]:
    """As the ODS tables of later years: three header rows, '0101 Halden' in one cell."""
    rows: list[Row] = [
        [Span("Tabell E-k. Kriteriedata 2016", 4)],
        [None, Span("Alderskriterium", 2), None],
        ["Kommune", "Innbyggere 0-1 år", "Innbyggere 67-79 år", "Opphoping"],
    ]
    for k in KOMMUNER:
        people, index = criteria(k)
        rows.append([f"{k} {name_of(k)}", people, people // 3, index])
    return {"Tabell E-k": rows}


def share_of(kommune: str, year: int) -> float:
    return 50 + number_of(kommune, year) / 4


def udir_cohorts(*, fraction: bool = False) -> list[Row]:
    """Cohorts as columns under two headings, '*' for suppressed."""
    years = (2010, 2011)
    rows: list[Row] = [
        ["Gjennomføring i videregående opplæring"],
        [
            "Fylke",
            "Kommunenr",
            "Kommune",
            "Gjennomført innen fem år",
            None,
            "Sluttet underveis",
            None,
        ],
        [None, None, None, "2010-kullet", "2011-kullet", "2010-kullet", "2011-kullet"],
    ]
    for _, fylke, kommuner in with_fylker():
        for k in kommuner:
            shares = [share_of(k, y) / (100 if fraction else 1) for y in years]
            cells: list[object] = [*shares, *(1 - s / 2 if fraction else 100 - s for s in shares)]
            if k == "0104":
                cells[0] = "*"
            rows.append([FYLKER[fylke], k, name_of(k), *cells])
    return rows
