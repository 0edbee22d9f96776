"""Which TLS certificates are trusted, and why one is not."""

import ssl
from pathlib import Path

import certifi

from conformance.core.errors import UsageError

# Error codes of OpenSSL (X509_V_ERR_… in x509_vfy.h), for which Python has no names.
_NOT_YET_VALID, _EXPIRED = 9, 10
_UNTRUSTED = (2, 18, 19, 20, 21)
_OTHER_NAME = (62, 64)


def create_ssl_context(ca_file: Path | None, own: tuple[Path, Path | None] | None = None) -> ssl.SSLContext:
    """Return a TLS context that trusts the public certificates, and those in `ca_file` (PEM) if it is given.

    `own` is the certificate (PEM) that the client shows, and its key.

    Raises:
        UsageError: the file cannot be read, or contains no certificates.

    """
    # With the file named, SSL_CERT_FILE and the like have no effect: configuration alone decides what is trusted.
    context = ssl.create_default_context(cafile=certifi.where())
    if ca_file is not None:
        try:
            context.load_verify_locations(ca_file)
        except (OSError, ssl.SSLError) as error:
            raise UsageError(f"[network] ca_file {ca_file}: {error.strerror or error}") from None
    if own is not None:
        try:
            context.load_cert_chain(*own)
        except (OSError, ssl.SSLError) as error:
            raise UsageError(f"[network] client_certificate {own[0]}: {error.strerror or error}") from None
    return context


def explain_refusal(error: ssl.SSLCertVerificationError, ca_file: Path | None) -> str:
    """Return a message that says why a certificate is refused, and what would help."""
    reason = error.verify_message.rstrip(".")
    match error.verify_code:
        case code if code in _UNTRUSTED:
            return f"nobody trusted here has signed the certificate ({reason}); {_advice(ca_file)}"
        case code if code in _OTHER_NAME:
            return (
                f"the certificate is another name's ({reason}); it must name the host of the URL, and [network] ca_file is no help"
            )
        case code if code == _EXPIRED:
            return f"the certificate is not valid any more ({reason})"
        case code if code == _NOT_YET_VALID:
            return f"the certificate is not valid yet ({reason}); is the clock right?"
        case _:
            return f"the certificate is refused ({reason})"


def _advice(ca_file: Path | None) -> str:
    if ca_file is None:
        return "[network] ca_file in a target file names a file of certificates (PEM) to trust besides the public ones"
    return f"[network] ca_file {ca_file} has none that did"
