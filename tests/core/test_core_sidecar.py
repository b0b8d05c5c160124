import json

import pytest

from proba import __version__
from proba._sidecar import drop_sidecar, sidecar_path, write_labelled


@pytest.fixture
def csv(tmp_path):
    return tmp_path / "tall.csv"


def write(csv, label, content=b"a\n1\n", **others):
    files = {csv: content} | {csv.with_name(name): b"x" for name in others}
    return write_labelled(files, csv, "Tall =1+1", {"dc:source": ["en", "to"]}, label)


def names(csv):
    return sorted(p.name for p in csv.parent.iterdir())


def test_a_label_stands_beside_the_csv(csv):
    assert write(csv, "Syntetisk «å»") == (csv, sidecar_path(csv))
    text = sidecar_path(csv).read_text("utf-8")
    assert text.endswith("}\n")
    assert "«å»" in text
    assert list(json.loads(text).items()) == [
        ("@context", "http://www.w3.org/ns/csvw"),
        ("url", "tall.csv"),
        ("dc:title", "Tall =1+1"),
        ("dc:source", ["en", "to"]),
        ("proba:version", __version__),
        ("dc:description", "Syntetisk «å»"),
    ]
    assert names(csv) == ["tall.csv", "tall.csv-metadata.json"]


def test_no_label_no_file_and_an_old_one_is_removed(csv):
    assert write(csv, None) == (csv,)
    assert names(csv) == ["tall.csv"]
    write(csv, "Syntetisk")
    assert write(csv, None, b"a\n2\n", annet=True) == (csv, csv.with_name("annet"))
    assert names(csv) == ["annet", "tall.csv"]
    assert csv.read_bytes() == b"a\n2\n"


@pytest.mark.parametrize("content", [b"{}", b"[]", b"{", b"\xff", b'{"dc:title": "min"}'])
def test_what_others_have_written_there_stays(csv, content):
    sidecar_path(csv).write_bytes(content)
    write(csv, None)
    assert sidecar_path(csv).read_bytes() == content
    sidecar_path(csv).unlink()
    sidecar_path(csv).mkdir()
    drop_sidecar(csv)
    assert sidecar_path(csv).is_dir()


def test_a_label_that_cannot_be_written_leaves_the_old_csv(csv):
    write(csv, None)
    sidecar_path(csv).mkdir()
    with pytest.raises(IsADirectoryError):
        write(csv, "Syntetisk", b"nytt")
    assert csv.read_bytes() == b"a\n1\n"


def test_files_without_a_csv_among_them(tmp_path):
    path = tmp_path / "panel.parquet"
    assert write_labelled({path: b"x"}, None, "", {}, "Syntetisk") == (path,)
    assert [p.name for p in tmp_path.iterdir()] == ["panel.parquet"]
