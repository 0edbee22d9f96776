"""Growth: the power that cost grows by, with what it costs anyway taken off; and the picture of it."""

from xml.etree import ElementTree as ET

import growth
import pytest
from growth import Growth

SIZES = (1, 10, 100, 1000)


def grown(cost, start=3.0):
    return Growth("a name", "things", {size: start + cost(size) for size in SIZES})


@pytest.mark.parametrize(("cost", "power", "near"), [
    (lambda size: size / 100, 1, True), (lambda size: size**2 / 1000, 2, False), (lambda size: size**1.3 / 100, 1.3, False),
    (lambda size: size**0.5, 0.5, True),
])  # fmt: skip
def test_the_power_is_that_of_what_is_added_to_the_start(cost, power, near):
    assert grown(cost).power == pytest.approx(power, abs=0.12)
    assert grown(cost).is_near_linear is near


def test_a_cost_that_does_not_grow_has_no_power_however_much_it_varies():
    assert Growth("a name", "things", {1: 3.0, 10: 3.2, 100: 2.9, 1000: 3.4}).power == 0


def test_each_measurement_is_in_the_picture():
    steep = grown(lambda size: size**2 / 100)
    text = growth.picture([grown(lambda size: size / 100), steep, grown(lambda _size: 0)])
    svg = "{http://www.w3.org/2000/svg}"
    picture = ET.fromstring(text)
    assert len(picture.findall(f".//{svg}circle")) == 2 * (len(SIZES) - 1)
    assert "does not grow" in text
    assert f"power {steep.power:.2f}" in text


def test_the_cost_of_judging_is_near_linear_in_the_number_of_checks(tmp_path):
    measured = growth.requirements(str(tmp_path), sizes=(1, 4, 16))
    assert measured.is_near_linear, measured
