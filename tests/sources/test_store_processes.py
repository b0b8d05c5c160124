"""Several processes at once, and processes killed on the way: real ones, started from here."""

import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from proba.errors import StoreError
from proba.sources.fetching import Fetcher
from proba.sources.request import Request
from proba.sources.store import Store
from proba.sources.store_archive import ImportResult, export_store, import_store

# What every child begins with: a clock of its own and answers that need no network.
PRELUDE = """
import hashlib, itertools, os, signal, sys, time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from proba.sources.fetching import Fetcher
from proba.sources.request import Request
from proba.sources.store import Store
from proba.sources.store_archive import export_store, import_store

folder, me = Path(sys.argv[1]), sys.argv[2]
store = Store(folder / "lager", lock_timeout=60)
SHARED = Request("ssb", "https://data.example/shared")

def answer(content, at=datetime(2025, 3, 1, tzinfo=UTC)):
    return SimpleNamespace(url="x", status=200, content=content, content_type="", fetched_at=at)

def meet(count):
    # All start together: each leaves a mark and waits for the others'.
    (folder / f"{me}.ready").touch()
    while len(list(folder.glob("*.ready"))) < count:
        time.sleep(0.005)
"""


def start(tmp_path, script, *names):
    return [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", PRELUDE + script, str(tmp_path), name],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in names
    ]


def finish(children):
    """Wait for all and return what they printed; none may have failed."""
    with ThreadPoolExecutor(len(children)) as pool:  # a full pipe would block a child
        texts = list(pool.map(lambda child: child.communicate(timeout=120), children))
    for child, (_, errors) in zip(children, texts, strict=True):
        assert child.returncode == 0, errors
    return [out for out, _ in texts]


SHARED = Request("ssb", "https://data.example/shared")


# --- at once ---

MANY = """
meet(3)
for i in range(30):
    own = Request("ssb", f"https://data.example/{me}/{i}")
    put = store.put(own, answer(f"{me} {i}".encode()))
    assert store.read(put) == f"{me} {i}".encode()
    # The same bytes for the same key from all, at times of their own.
    at = datetime(2025, 3, 1, tzinfo=UTC) + timedelta(seconds=i, microseconds=int(me))
    store.put(SHARED, answer(f"shared {i // 10}".encode(), at))
    assert store.read(store.find(SHARED.key)).startswith(b"shared ")
    store.put(Request("ssb", f"https://data.example/all/{i}"), answer(b"all"))
"""


def test_many_writers_lose_nothing(tmp_path):
    finish(start(tmp_path, MANY, "0", "1", "2"))
    store = Store(tmp_path / "lager")
    assert store.verify() == ()
    found = store.snapshots()
    # Their own, the shared one's versions, and the ones all wrote alike.
    assert len(found) == 3 * 30 + 3 * 30 + 30
    assert len(list(store.folder.rglob("*.bin"))) == 3 * 30 + 3 + 1
    assert all(store.read(snapshot) for snapshot in found)
    assert store.find(SHARED.key) == max(
        (s for s in found if s.key == SHARED.key), key=lambda s: s.fetched_at
    )
    assert not list(store.folder.rglob("*.tmp"))


FETCH = """
class Client:
    def send(self, request, check):
        (folder / f"{hashlib.sha256(request.url.encode()).hexdigest()}-{me}.call").touch()
        time.sleep(0.02)
        content = request.url.encode()
        check(content)
        return answer(content, datetime.now(UTC))

fetcher = Fetcher(store, Client())
meet(3)
for i in range(10):
    url = f"https://data.example/{i}"
    assert fetcher.fetch(Request("ssb", url), lambda content: None)[1] == url.encode()
print(fetcher.counts.fetched)
"""


def test_of_several_processes_one_fetches(tmp_path):
    fetched = [int(text) for text in finish(start(tmp_path, FETCH, "0", "1", "2"))]
    assert sum(fetched) == 10
    assert len(list(tmp_path.glob("*.call"))) == 10
    store = Store(tmp_path / "lager")
    assert len(store.snapshots()) == 10
    assert store.verify() == ()


IMPORT = """
meet(3)
if me == "0":
    for i in range(40):
        store.put(Request("ssb", f"https://data.example/{i}"), answer(b"own %d" % i))
        assert store.read(store.snapshots()[0])
else:
    result = import_store(store, folder / "svar.zip")
    print(result.added)
"""


def test_import_into_a_store_in_use(tmp_path):
    start_script = "for i in range(40):\n store.put(Request('klass', f'https://data.example/{i}'),"
    start_script += " answer(b'%d' % i))\nexport_store(store, folder / 'svar.zip')\n"
    start_script += "os.rename(folder / 'lager', folder / 'gammelt')"
    finish(start(tmp_path, start_script, "first"))
    _, one, two = finish(start(tmp_path, IMPORT, "0", "1", "2"))
    assert sorted([int(one), int(two)]) == [0, 40]
    store = Store(tmp_path / "lager")
    assert len(store.snapshots()) == 80
    assert store.verify() == ()


# --- killed ---

KILLED = """
kind, nth, when = sys.argv[2].split()
calls = itertools.count(1)
real = getattr(os, kind)

def die():
    os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(60)

def call(*args, **kwargs):
    counted = kind != "open" or str(args[0]).endswith(".tmp")
    last = counted and next(calls) == int(nth)
    if last and when == "before":
        die()
    if last and when == "half":
        # Half of what is to be written is on the disk.
        os.ftruncate(args[0], os.fstat(args[0]).st_size // 2)
        die()
    result = real(*args, **kwargs)
    if last:
        die()
    return result

store.put(Request("ssb", "https://data.example/kept"), answer(b"kept"))
setattr(os, kind, call)
class Client:
    def send(self, request, check):
        return answer(b"half and half")
Fetcher(store, Client()).fetch(SHARED, lambda content: None)
"""

POINTS = [
    f"{kind} {nth} {when}"
    for kind, whens in {
        "open": ("before", "after"),
        "fsync": ("half", "after"),
        "replace": ("before", "after"),
    }.items()
    for nth in (1, 2)
    for when in whens
]


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL on Windows")
def test_killed_at_every_step(tmp_path):
    """The store stays readable, and the next run completes, wherever a run was killed."""
    folders = [tmp_path / str(i) for i in range(len(POINTS))]
    for folder in folders:
        folder.mkdir()

    def run(job):
        (child,) = start(job[0], KILLED, job[1])
        child.communicate(timeout=120)
        return child.returncode

    with ThreadPoolExecutor(2) as pool:
        codes = list(pool.map(run, zip(folders, POINTS, strict=True)))
    assert codes == [-signal.SIGKILL] * len(POINTS)
    for folder, point in zip(folders, POINTS, strict=True):
        check_after_kill(folder, point)


def check_after_kill(folder, point):
    store = Store(folder / "lager", lock_timeout=5)
    kept = Request("ssb", "https://data.example/kept")
    assert store.read(store.find(kept.key)) == b"kept", point
    told = store.verify()
    assert all(finding.harmless for finding in told), (point, told)
    found = store.find(SHARED.key)
    # Only the very last step makes the answer visible, and then it is whole.
    assert (found is not None) == (point == "replace 2 after"), point
    assert [s.url for s in store.snapshots()] == [kept.url] + [SHARED.url] * (found is not None)
    import_store(Store(folder / "kopi"), exported(store, folder / "svar.zip"))

    snapshot, content = Fetcher(store, NextRun()).fetch(SHARED, lambda content: None)
    assert content == b"half and half", point
    assert store.find(SHARED.key) == snapshot
    assert all("temporary" in finding.problem_en for finding in store.verify()), point


IMPORT_KILLED = """
calls = itertools.count(1)
real = os.replace

def call(*args, **kwargs):
    real(*args, **kwargs)
    if next(calls) == int(me):
        os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(60)

os.replace = call
import_store(store, folder / "svar.zip")
"""


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL on Windows")
@pytest.mark.parametrize("nth", [1, 2, 3, 6])
def test_killed_import(tmp_path, nth):
    """What came in is whole, and the next import brings the rest."""
    source = Store(tmp_path / "kilde")
    for i in range(3):
        request = Request("ssb", f"https://data.example/{i}")
        source.put(request, NextRun().send(request, None, f"svar {i}".encode()))
    exported(source, tmp_path / "svar.zip")
    (child,) = start(tmp_path, IMPORT_KILLED, str(nth))
    child.communicate(timeout=120)
    assert child.returncode == -signal.SIGKILL
    store = Store(tmp_path / "lager", lock_timeout=5)
    assert [store.read(s).startswith(b"svar ") for s in store.snapshots()] == [True] * (nth // 2)
    assert all(finding.harmless for finding in store.verify())
    assert import_store(store, tmp_path / "svar.zip") == ImportResult(3 - nth // 2, nth // 2)
    assert store.snapshots() == source.snapshots()
    assert store.verify() == ()


def exported(store, path):
    export_store(store, path)
    return path


class NextRun:
    def send(self, request, check, content=b"half and half"):
        return SimpleNamespace(
            url="x",
            status=200,
            content=content,
            content_type="",
            fetched_at=datetime(2025, 3, 2, tzinfo=UTC),
        )


HOLDS = """
with store.lock(SHARED.key):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL on Windows")
def test_lock_of_a_killed_process_is_free(tmp_path):
    child = subprocess.Popen(
        [sys.executable, "-c", PRELUDE + HOLDS, str(tmp_path), "0"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with child:
        assert child.stdout.readline() == "held\n"
        with (
            pytest.raises(StoreError, match="another process"),
            Store(tmp_path / "lager", lock_timeout=0.05).lock(SHARED.key),
        ):
            pass
        child.kill()
    with Store(tmp_path / "lager", lock_timeout=30).lock(SHARED.key):
        pass


def test_import_does_not_load_the_network():
    """Opening a store costs no HTTP library and no tables."""
    script = "import sys, json, proba.sources.store_archive, proba.sources.fetching\n"
    script += "print(json.dumps([m for m in ('requests', 'pandas', 'numpy') if m in sys.modules]))"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert json.loads(run.stdout) == []
