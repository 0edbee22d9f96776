"""The examples of the documentation run as they stand."""

import re
from pathlib import Path

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
