"""What ASGI applications of tests are made of."""


async def answer_lifespan(receive, send):
    """Say that the application has started and, when it is told to stop, that it has stopped."""
    while (message := await receive())["type"] != "lifespan.shutdown":
        await send({"type": f"{message['type']}.complete"})
    await send({"type": "lifespan.shutdown.complete"})
