"""How a run ended before its scenarios were done."""

from dataclasses import dataclass

from conformance.core.errors import ConformanceError, Exit
from conformance.evidence.redaction import Redactor


@dataclass(slots=True)
class Ending:
    """Why a run is incomplete, in words, or None; and the exit code, where the verdict does not say it."""

    because: str | None = None
    exit_code: Exit | None = None

    def note(self, because: str) -> None:
        """Note why the run ends, unless another reason is known already."""
        self.because = self.because or because

    def fail(self, because: str, exit_code: Exit | None) -> None:
        """Note why the run ends, and with which exit code, in place of what was known."""
        self.because, self.exit_code = because, exit_code

    def raised(self, error: ConformanceError, redactor: Redactor) -> None:
        """End the run because of an error; its message may hold what a target answered, and the token in that."""
        self.fail(redactor.ours(str(error)), error.exit_code)
