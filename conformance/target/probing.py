"""The first look: is anything there, is it this API, and does it let us in."""

from conformance.contract import jsontext, openapi
from conformance.errors import TargetError, UsageError
from conformance.evidence.exchange import Request, Response
from conformance.generation.collections import minimal
from conformance.generation.vocabulary import Vocabulary
from conformance.target.client import Client

_ELSEWHERE = (404, 405, 501)
_CREATE = "/v1/collections/create"


def probe(client: Client, where: str, vocabulary: Vocabulary, *, name: str, has_token: bool) -> None:
    """Create one collection, and say what is wrong if the answer is not this API's.

    Raises:
        TargetError: nothing answers, or what answers is not this API.
        UsageError: the target wants a token, or refuses the given one.

    """
    body = jsontext.dumps(minimal(vocabulary, name))
    request = Request("POST", _CREATE, (("content-type", "application/json"),), body)
    sent = client.send(request)
    client.sign_of_life = request
    if sent.response is None:
        raise TargetError(f"cannot reach {where}: {sent.failure}")
    if sent.response.status in (401, 403):
        advice = "refuses the given token" if has_token else "wants a token: name the variable that holds it with --token-env NAME"
        raise UsageError(f"{where} {advice} (POST {_CREATE} was answered {sent.response.status})")
    if sent.response.status == 409:  # noqa: PLR2004
        raise UsageError(f"{where} has the names of this seed already, and does not take them twice; choose another --seed")
    if not _is_this_api(sent.response):
        kind = (sent.response.header("content-type") or "no content type").partition(";")[0]
        raise TargetError(
            f"{where} is not a collections and documents API: POST {_CREATE} was answered {sent.response.status} ({kind})"
        )


def _is_this_api(response: Response) -> bool:
    """Give a faulty implementation the benefit of the doubt: it is judged as long as it answers as an API would."""
    try:
        body = jsontext.loads(response.body)
    except ValueError:
        return response.status in (400, 413, 415, 422, 429) or (response.status >= 500 and response.status != 501)  # noqa: PLR2004
    if response.status in _ELSEWHERE:
        return openapi.fits("ErrorResponse", body)
    return isinstance(body, dict) and not 300 <= response.status < 400  # noqa: PLR2004
