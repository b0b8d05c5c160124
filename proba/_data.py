"""Where the text files of ``data/`` are: inside the wheel, or beside the package in a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def data_path(*parts: str) -> Path:
    """Path of a file of the shipped ``data/`` folder.

    Parameters
    ----------
    *parts : str
        Path below ``data/``, e.g. ``data_path("published", "vedlegg2.csv")``.

    Returns
    -------
    pathlib.Path
        The file or folder; it is not checked for existence.

    Notes
    -----
    A wheel carries ``data/`` as ``proba/_shipped``; a checkout (or an editable install) has
    it beside the package.
    """
    shipped = _PACKAGE / "_shipped"
    root = shipped if shipped.is_dir() else _PACKAGE.parent / "data"
    return root.joinpath(*parts)
