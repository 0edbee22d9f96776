"""What holds for the answers of every operation, for those that the first edition does not have."""

from conformance.contracts.collections.checks import auth, errors, http
from conformance.contracts.collections_2026_01.operations import ADDED
from conformance.engine.checks import Check, Checks, When

CHECKS = Checks()
_ANSWERED: dict[str, Check] = {
    "http.json-content-type": http.json_content_type,
    "http.status-documented": http.status_documented,
    "auth.wrong-token": auth.odd_token,
}
_REFUSED: dict[str, Check] = {
    "errors.envelope": errors.envelope,
    "errors.status-matches": errors.status_matches,
    "errors.success-is-false": errors.success_is_false,
    "errors.machine-readable-type": errors.machine_readable_type,
    "errors.message": errors.message,
    "errors.validation-location": errors.validation_location,
    "auth.challenge": auth.challenge,
}
for _when, _checks in ((When.ANSWERED, _ANSWERED), (When.REFUSED, _REFUSED)):
    for _requirement, _check in _checks.items():
        CHECKS.check(_requirement, *ADDED, when=_when)(_check)
