"""The first look at a target by a contract that has nothing to try out: is anything there, and does it let us in."""

from dataclasses import dataclass
from typing import Any

from conformance.client.client import Client
from conformance.configuration.settings import Decision, Settings
from conformance.core.errors import TargetError, TokenRefused, WantsToken
from conformance.core.tags import Tags


@dataclass(slots=True)
class PlainLook:
    """Asks for a sign of life; which profiles are served is what the target file says of them, and those that it leaves out are."""

    client: Client
    settings: Settings
    vocabulary: Any
    tags: Tags
    took_names: bool = False
    is_doubtful: bool = False

    def look(self, *, has_token: bool) -> dict[str, Decision]:
        """Decide what the target serves.

        Raises:
            TargetError: nothing answers.
            WantsToken: the target wants a token, or refuses the given one.

        """
        try:
            self.client.check_life()
        except TokenRefused as error:
            advice = "refuses the given token" if has_token else "wants a token: name its variable with --token-env NAME"
            raise WantsToken(f"{self.settings.where} {advice} ({error})") from None
        except TargetError as error:
            raise TargetError(f"cannot reach {self.settings.where}: {error}") from None
        self.client.learn_entry()
        self.client.learn_room(self.settings.concurrency)
        return {name: self._decision(name) for name in self.settings.profiles}

    def _decision(self, profile: str) -> Decision:
        decision = self.settings.decision(profile)
        return decision if decision.why != "not probed" else Decision(served=True, why="not declared absent")

    def abandon(self) -> None:
        """Do nothing: nothing was made."""
