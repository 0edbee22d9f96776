"""Where a run keeps the examples that failed: a database of Hypothesis', in a folder, or in Redis for several machines."""

from hypothesis.database import DirectoryBasedExampleDatabase, ExampleDatabase

from conformance.configuration import target_file
from conformance.configuration.settings import Settings
from conformance.core.errors import UsageError

# A database that does not answer within so many seconds is out of reach.
_PATIENCE = 2.0


def opened(settings: Settings) -> ExampleDatabase | None:
    """Return the database of a run, or None if it has none; nothing is connected to yet.

    Raises:
        UsageError: it is Redis, and the package for it is not installed, or its URL makes no sense.

    """
    where, variable = settings.examples, settings.file.examples.database_env
    if where is None:
        return None
    url = where if variable is None else target_file.database_from(variable).get_secret_value()
    return _in_redis(url, where) if target_file.is_redis(url) else DirectoryBasedExampleDatabase(url)


def _in_redis(url: str, where: str) -> ExampleDatabase:
    try:
        from hypothesis.extra.redis import RedisExampleDatabase
        from redis import Redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry
    except ImportError:
        raise UsageError(
            "[examples] database is Redis, and the package redis is not installed: pip install 'collections-conformance[redis]'"
        ) from None
    try:
        redis = Redis.from_url(url, socket_connect_timeout=_PATIENCE, socket_timeout=_PATIENCE, retry=Retry(NoBackoff(), 0))
    except ValueError as error:
        # The URL may hold a password, and the message the URL.
        raise UsageError(f"[examples] {where} is no URL of Redis: {type(error).__name__}") from None
    return RedisExampleDatabase(redis, key_prefix=b"conformance-example:")


def name_of(settings: Settings, contract: str) -> str:
    """Return whose examples they are: what one target fails tells nothing of another one."""
    return f"{contract} {settings.file.target.name or ''}"
