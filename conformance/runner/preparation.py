"""Before the first scenario: what the target serves, and what payloads may name on it."""

from dataclasses import dataclass, field
from typing import Any

from conformance.client.client import Client
from conformance.configuration.settings import Settings
from conformance.core.tags import Tags
from conformance.engine.contract import Contract
from conformance.evidence.exchange import Namespace


@dataclass(slots=True)
class Preparation:
    """Prepares one process of a run; `made` collects the ids of what the target had to make for it."""

    contract: Contract[Any]
    client: Client
    settings: Settings
    process: str
    made: list[str] = field(default_factory=list)

    def look(self, *, has_token: bool) -> Settings:
        """Return the settings with what the target serves.

        Raises:
            TargetError: nothing answers, or what answers is not this API.
            UsageError: the target wants a token, or refuses the given one.

        """
        settings = self.settings
        is_known = settings.decisions and not any(decision.is_open for decision in settings.decisions.values())
        if settings.attempt and is_known:  # what it serves was found out the first time
            self.client.check_life()
            return settings
        vocabulary = self.contract.vocabulary(settings.file.vocabulary)
        look = self.contract.first_look(self.client, settings, vocabulary, self._tags("probe"))
        try:
            decisions = look.look(has_token=has_token)
        except KeyboardInterrupt:
            look.abandon()
            raise
        self.settings = settings.model_copy(update={"decisions": decisions, "renamed": look.took_names})
        return self.settings

    def vocabulary(self, namespace: Namespace, *, again: bool = False) -> tuple[Any, tuple[str, ...]]:
        """Return what a payload may name in a namespace, and the ids of what was made for it; `again` gives it other names."""
        vocabulary, supplies = self.contract.vocabulary(self.settings.file.vocabulary), self.contract.supplies
        if supplies is None or not supplies.are_needed(vocabulary, self.settings):
            return vocabulary, ()
        ids = supplies.make(self.client, self._tags(f"bucket {namespace}", again=again), namespace)
        self.made += ids
        return (supplies.add(vocabulary, ids) if ids else vocabulary), ids

    def _tags(self, what: str, *, again: bool = False) -> Tags:
        """Return tags for something that each process makes once."""
        tags = Tags(self.settings.seed, self.settings.attempt)
        tags.begin(f"{what} {self.process}")
        if self.settings.renamed or again:
            tags.renew()
        return tags
