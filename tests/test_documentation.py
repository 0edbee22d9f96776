"""The examples of the documentation run as they stand."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from command import conformance, free_port, is_listening, wait_until
from hypothesis import HealthCheck, Phase, given, seed, settings

from conformance.strategies import Invalid

PAGE = Path(__file__).parent.parent / "docs" / "strategies.md"
QUICK = settings(max_examples=25, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))


def test_the_examples_about_strategies_run():
    refused: list[Invalid] = []
    names = {"my_parser_refuses": lambda body: not refused.append(body)}
    for code in re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL):
        exec(compile(code, PAGE.name, "exec"), names)  # noqa: S102 - it is our own page
    for test in [value for name, value in names.items() if name.startswith("test_")]:
        seed(1)(QUICK(test))()
    for name in ("deliveries", "shops"):
        seed(1)(QUICK(given(names[name])(lambda value: None)))()
    assert len(refused) >= 25


# Every command that a page names is run, in the order of the page, in a folder that has what pages speak of.

DOCS = PAGE.parent
# The comparison with other tools is published by a script, with the lines that it has run itself.
PUBLISHED = {"peers"}
PAGES = [
    DOCS.parent / "README.md",
    *sorted(page for page in DOCS.glob("*.md") if page.stem not in PUBLISHED and "```sh" in page.read_text()),
]
EXIT = re.compile(r"#.*exit code (\d)$")
# Lines that need the network or another machine: an installation, which .ci/run does, and commands for other people's places.
ELSEWHERE = re.compile(r"pip install|python3 -m venv|^\. ")
SHOP = {
    "shop/__init__.py": "",
    "shop/api.py": "from conformance.contracts.collections.reference.app import Reference\napp = Reference().app\n",
    "acme/__init__.py": "",
    "acme/api.py": "from conformance.contracts.collections.reference.app import Reference\napp = Reference().app\n",
    "server.py": "import sys\nfrom conformance.cli.main import main\nsys.exit(main(['serve', '--port', sys.argv[-1]]))\n",
    "tests/test_shop.py": "def test_the_shop(): pass\n",
    "acme.toml": '[target]\napp = "acme.api:app"\n',
    "pytest.ini": "[pytest]\nconformance_app = shop.api:app\n",
}


@pytest.fixture(scope="module")
def record(tmp_path_factory):
    """Return the record of a run."""
    folder = tmp_path_factory.mktemp("record")
    assert conformance("run", "--only", "source.*", "--output", str(folder)).returncode == 0
    return folder / "results.json"


@pytest.fixture
def folder(tmp_path, record):
    """Return the folder that pages speak of, with `conformance` on the path and the reference at a port of its own."""
    for name, text in SHOP.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    shutil.copy(DOCS.parent / "specs" / "collections" / "openapi.yaml", tmp_path / "openapi.yaml")
    (tmp_path / "openapi.json").write_text(json.dumps(yaml.safe_load((tmp_path / "openapi.yaml").read_text())))
    (tmp_path / "traffic.har").write_text(json.dumps({"log": {"version": "1.2", "entries": [ENTRY]}}))
    for name in ("acme", "other", "before", "after", "nightly/1", "nightly/2"):
        (tmp_path / name).mkdir(parents=True, exist_ok=True)
        shutil.copy(record, tmp_path / name)
    (tmp_path / "bin").mkdir()
    # Whatever the server is written in, here it is the reference.
    runs = {"conformance": "-m conformance", "pytest": "-m pytest -p no:schemathesis", "python": "", "node": "server.py"}
    for name, how in runs.items():
        (tmp_path / "bin" / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {how} "$@"\n')
        (tmp_path / "bin" / name).chmod(0o755)
    return tmp_path


ANSWER = {"collection_name": "a", "collection_id": "col_1", "feature_extractors": [], "output_schema": {"properties": {}}, "enabled": True,
          "source_lineage": [{"source_type": "bucket", "bucket_id": "bkt_1", "bucket_config": {"type": "bucket", "bucket_id": "bkt_1"},
                              "output_schema": {"properties": {}}}], "description": "d", "metadata": {"a": 1},
          "taxonomy_applications": [{"taxonomy_id": "t"}]}  # fmt: skip
SENT = {"collection_name": "a", "source": {"type": "bucket", "bucket_id": "bkt_1"}, "feature_extractors": [], "enabled": True, "description": "d",
        "metadata": {"a": 1}, "taxonomy_applications": [{"taxonomy_id": "t"}]}  # fmt: skip
ENTRY = {
    "startedDateTime": "2026-01-01T00:00:00Z", "time": 5,
    "request": {"method": "POST", "url": "http://127.0.0.1:8080/v1/collections/create", "httpVersion": "HTTP/1.1",
                "headers": [{"name": "Content-Type", "value": "application/json"}], "queryString": [], "cookies": [], "headersSize": -1,
                "bodySize": -1, "postData": {"mimeType": "application/json", "text": json.dumps(SENT)}},
    "response": {"status": 200, "statusText": "OK", "httpVersion": "HTTP/1.1", "headers": [{"name": "Content-Type", "value": "application/json"}],
                 "cookies": [], "redirectURL": "", "headersSize": -1, "bodySize": -1,
                 "content": {"size": -1, "mimeType": "application/json", "text": json.dumps(ANSWER)}},
    "cache": {}, "timings": {"send": 0, "wait": 5, "receive": 0},
}  # fmt: skip


def commands(page):
    text = "\n".join(re.findall(r"```sh\n(.*?)```", page.read_text(), re.DOTALL))
    lines = [line.strip() for line in text.replace("\\\n", " ").splitlines()]
    return [line for line in lines if line and not line.startswith("#") and not ELSEWHERE.search(line)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_of_a_page_runs_and_exits_as_it_says(page, folder):
    ports = {"8080": str(free_port()), "8123": str(free_port())}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    environment |= {"PATH": f"{folder / 'bin'}:{os.environ['PATH']}"}
    started = [start(f"conformance serve --port {ports['8080']}", folder, environment)]
    wait_until(lambda: is_listening(int(ports["8080"])), 20)
    try:
        for line in commands(page):
            run_line(line, ports, folder, environment, started)
    finally:
        for process in started:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def run_line(line, ports, folder, environment, started):
    wanted = int(found[1]) if (found := EXIT.search(line)) else 0
    for port, own in ports.items():
        line = line.replace(port, own)  # noqa: PLW2901
    if line.endswith("&"):
        started.append(start(line.removesuffix("&"), folder, environment))
        wait_until(lambda: is_listening(int(ports["8123"])), 20)
        return
    done = subprocess.run(
        ["bash", "-c", line], cwd=folder, env=environment, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == wanted, f"{line}\n{done.stdout}\n{done.stderr}"


def start(line, folder, environment):
    return subprocess.Popen(
        ["bash", "-c", f"exec {line}"], cwd=folder, env=environment, stdout=subprocess.DEVNULL, start_new_session=True
    )
