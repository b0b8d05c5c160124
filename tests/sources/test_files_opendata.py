"""The readers on real tables, where they are at hand."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from proba.sources.files import READERS

FOLDER = os.environ.get("PROBA_OPENDATA")
pytestmark = pytest.mark.skipif(not FOLDER, reason="PROBA_OPENDATA is not set")


@pytest.mark.parametrize(
    ("file", "options", "kommuner"),
    [
        ("imdi_innvandrere_hovedgruppe_1986_2015.csv",
         {"year": "aar", "value": "folkemengde", "count": True, "years": [2015]}, 428),
        ("imdi_vgs_fullfort_pooled_2011_2013.csv",
         {"year": 2013, "value": "vgs_fullfort_prosent_2011_2013", "percent": True}, 428),
        ("kostra_fgk12_net_2015_2016.csv",
         {"year": "aar", "value": "fgk12_netto_1000kr", "years": [2016]}, 428),
        ("nav_ytelser_millkr_2014_2017.csv",
         {"year": "aar", "value": "Uføretrygd og yrkesskade", "years": [2014]}, 428),
    ],
)  # fmt: skip
def test_real_tables(file, options, kommuner):
    content = (Path(FOLDER or "") / file).read_bytes()
    seen = READERS["tabell"](content, file, options)
    assert len(seen.frame) == kommuner
    assert seen.frame["kommune"].str.fullmatch("[0-9]{4}").all()


def test_real_settlement():
    file = "imdi_bosatte_2010_2019_final.csv"
    content = (Path(FOLDER or "") / file).read_bytes()
    options = {"measure": "bosatt", "years": [2012, 2013, 2014, 2015]}
    seen = READERS["imdi_bosetting"](content, file, options)
    assert set(seen.frame["aar"]) == {2012, 2013, 2014, 2015}
    assert (seen.frame["value"].dropna() >= 0).all()
