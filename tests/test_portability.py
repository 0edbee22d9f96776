"""What a platform lacks is said to be off, and everything else works."""

import json
import os
import subprocess
import sys

# As on Windows: no module `resource`, no user ids, no SIGHUP.
WITHOUT = """
import os, signal, sys
sys.modules["resource"] = None
del os.getuid
del signal.SIGHUP
from conformance.cli.main import main
sys.exit(main())
"""


def test_a_platform_without_what_unix_has_judges_all_the_same_and_says_which_limit_is_off(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, "run", "--seed", "1", "--only", "source.*", "--output", str(tmp_path / "out")],
        capture_output=True, text=True, check=False, cwd=tmp_path, env={**os.environ, "COLUMNS": "300"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "The memory of the run was not limited" in done.stdout
    assert json.loads((tmp_path / "out" / "results.json").read_text())["incidents"]["memory_not_limited"] == 1
