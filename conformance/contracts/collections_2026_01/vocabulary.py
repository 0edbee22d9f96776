"""The vocabulary of the edition: what the first one's table of a target file has, and alerts."""

from dataclasses import replace

from pydantic import Field

from conformance.contracts.collections.vocabulary import Names, Vocabulary, VocabularyTable


class AlertVocabularyTable(VocabularyTable):
    """The vocabulary table of a target file; a list that is absent allows any name."""

    alerts: Names | None = Field(None, title="an alert", examples=['["alt_demo"]'])

    def vocabulary(self) -> Vocabulary:
        """Return the vocabulary for generation."""
        return replace(super().vocabulary(), alerts=self.alerts)
