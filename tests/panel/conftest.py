from pathlib import Path

import pytest

from proba.errors import PanelError
from proba.panel import read_panel

HEADER = "kommune;aar;ufore_18_49"


@pytest.fixture
def read_csv(tmp_path):
    """Write text or bytes to a CSV file and read it as a panel."""

    def read(content, name="fil.csv", **options):
        file = tmp_path / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return read_panel(file, **options)

    return read


@pytest.fixture
def csv_error(read_csv):
    """The error a CSV gives, its texts checked to be one line each."""

    def error(content, **options):
        with pytest.raises(PanelError) as caught:
            read_csv(content, **options)
        for text in (caught.value.en, caught.value.nb):
            assert len(text.splitlines()) == 1
            assert text.endswith(".")
        return caught.value

    return error


@pytest.fixture
def read_xlsx(tmp_path):
    """Write sheets (name to rows) to a workbook and read it as a panel."""
    openpyxl = pytest.importorskip("openpyxl")

    def read(rows, *, more=None, **options):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        for title, other in (more or {}).items():
            extra = book.create_sheet(title)
            for row in other:
                extra.append(row)
        file = Path(tmp_path / "bok.xlsx")
        book.save(file)
        return read_panel(file, **options)

    return read
