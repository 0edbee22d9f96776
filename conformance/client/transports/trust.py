"""Which certificates are trusted, and what it means that one is not."""

import ssl
from pathlib import Path

import certifi

from conformance.core.errors import UsageError

# What OpenSSL calls them (x509_vfy.h); Python has no names for these.
_NOT_YET_VALID, _EXPIRED = 9, 10
_UNTRUSTED = (2, 18, 19, 20, 21)
_OTHER_NAME = (62, 64)


def trusting(ca_file: Path | None) -> ssl.SSLContext:
    """Return what trusts the public certificates, and those of a file (PEM) besides.

    Raises:
        UsageError: the file cannot be read.

    """
    # Naming the file keeps SSL_CERT_FILE and its like out: what is trusted is said by configuration alone.
    context = ssl.create_default_context(cafile=certifi.where())
    if ca_file is not None:
        try:
            context.load_verify_locations(ca_file)
        except (OSError, ssl.SSLError) as error:
            raise UsageError(f"[network] ca_file {ca_file}: {error.strerror or error}") from None
    return context


def refused(error: ssl.SSLCertVerificationError, ca_file: Path | None) -> str:
    """Return why a certificate is not taken, in words, and what would help."""
    said = error.verify_message.rstrip(".")
    match error.verify_code:
        case code if code in _UNTRUSTED:
            return f"nobody trusted here has signed the certificate ({said}); {_advice(ca_file)}"
        case code if code in _OTHER_NAME:
            return f"the certificate is another name's ({said}); it must name the host of the URL, and [network] ca_file is no help"
        case code if code == _EXPIRED:
            return f"the certificate is not valid any more ({said})"
        case code if code == _NOT_YET_VALID:
            return f"the certificate is not valid yet ({said}); is the clock right?"
        case _:
            return f"the certificate is refused ({said})"


def _advice(ca_file: Path | None) -> str:
    if ca_file is None:
        return "[network] ca_file in a target file names a file of certificates (PEM) to trust besides the public ones"
    return f"[network] ca_file {ca_file} has none that did"
