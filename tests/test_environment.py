"""bin/environment.py on a machine whose Python came without pip."""

from __future__ import annotations

import hashlib
import importlib.util
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.architecture.source import ROOT

WHEEL = b"not really a wheel"


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("environment", ROOT / "bin" / "environment.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "PIP_SHA256", hashlib.sha256(WHEEL).hexdigest())
    return module


@pytest.fixture
def mirror(
    environment: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """A package index of one page, as mirrors are: the file lies elsewhere and is linked."""
    (tmp_path / "simple" / "pip").mkdir(parents=True)
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / environment.PIP).write_bytes(WHEEL)
    link = f'<a href="../../files/{environment.PIP}#sha256=0">{environment.PIP}</a>'
    (tmp_path / "simple" / "pip" / "index.html").write_text(
        f"<a href='pip-1.whl'>pip-1.whl</a>{link}"
    )
    handler = partial(QuietHandler, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        monkeypatch.delenv("UV_DEFAULT_INDEX", raising=False)
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{server.server_port}/simple/")
        yield tmp_path
        server.shutdown()


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


def test_pip_comes_from_the_mirror_the_operator_named(
    environment: ModuleType, mirror: Path, tmp_path: Path
) -> None:
    assert environment.fetch_pip(tmp_path).read_bytes() == WHEEL


def test_a_wheel_with_another_content_is_not_used(
    environment: ModuleType, mirror: Path, tmp_path: Path
) -> None:
    (mirror / "files" / environment.PIP).write_bytes(WHEEL + b"!")

    with pytest.raises(environment.CannotPrepare, match="校验值不符"):
        environment.fetch_pip(tmp_path)

    assert not (tmp_path / environment.PIP).exists()


def test_without_a_network_the_person_is_told_what_to_install(
    environment: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("UV_DEFAULT_INDEX", raising=False)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")

    with pytest.raises(environment.CannotPrepare, match="apt install python3-venv"):
        environment.fetch_pip(tmp_path)


def test_an_environment_made_in_another_folder_is_not_used(
    environment: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".linli-place").write_text("/somewhere/else")
    monkeypatch.setattr(environment, "PLACE", tmp_path / ".linli-place")

    assert not environment.usable()
