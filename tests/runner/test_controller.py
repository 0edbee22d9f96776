"""What a run holds on to until it is closed."""

from conformance.configuration.settings import Settings
from conformance.contracts.collections.contract import CONTRACT, PROFILES
from conformance.runner.controller import Controller


def test_workers_can_be_told_to_end_until_the_run_is_closed(tmp_path):
    controller = Controller(Settings(profiles=PROFILES, output=tmp_path / "out"), CONTRACT)
    controller.open(judges=False)
    word = controller.interruption.word
    controller.finish()
    controller.interruption.ask()
    assert word.exists()
    controller.close()
    assert not word.parent.exists()


def test_what_the_target_made_is_on_record_also_if_the_run_is_interrupted_while_it_is_opened(tmp_path, monkeypatch):
    controller = Controller(Settings(profiles=PROFILES, output=tmp_path / "out"), CONTRACT)

    def interrupted(preparation, *_rest):
        preparation.made.append("bkt_left")
        raise KeyboardInterrupt

    monkeypatch.setattr("conformance.runner.preparation.Preparation.make_run", interrupted)
    controller.open(judges=True)
    assert controller.conclusion.results.manifest.supplies == ("bkt_left",)
    assert controller.conclusion.results.verdict == "incomplete"
