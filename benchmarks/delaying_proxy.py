"""A proxy on loopback that makes a server as far away as one on another continent.

`python benchmarks/delaying_proxy.py PORT TARGET_PORT SECONDS`: what goes through it, in either direction, arrives SECONDS later; a connection
takes a round trip to be made, as its handshake would.
"""

import asyncio
import sys


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float) -> None:
    """Pass on what comes, each part as late as the way is long; what comes meanwhile is under way too."""
    loop, queue = asyncio.get_running_loop(), asyncio.Queue[tuple[float, bytes]]()

    async def read() -> None:
        while data := await reader.read(65_536):
            queue.put_nowait((loop.time() + seconds, data))
        queue.put_nowait((loop.time() + seconds, b""))

    reading = asyncio.create_task(read())
    try:
        while True:
            at, data = await queue.get()
            await asyncio.sleep(max(0.0, at - loop.time()))
            if not data:
                break
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        reading.cancel()
        writer.close()


async def _serve(port: int, target: int, seconds: float) -> None:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(2 * seconds)
        try:
            from_server, to_server = await asyncio.open_connection("127.0.0.1", target)
        except OSError:
            writer.close()
            return
        await asyncio.gather(_pass(reader, to_server, seconds), _pass(from_server, writer, seconds))

    server = await asyncio.start_server(connected, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
