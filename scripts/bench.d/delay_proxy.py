"""delay_proxy.py SOCKET MILLISECONDS ROUND_TRIPS: a proxy before a PostgreSQL socket that holds everything
back so long each way. Prints the port of the loopback address it listens on.

A round trip is a turn in which the client speaks after the server has. For each transaction that takes
the commit lock, a page commit, their number becomes a line of the file ROUND_TRIPS; begin and commit
included.
"""

import asyncio
import signal
import sys

path, delay, record = sys.argv[1], float(sys.argv[2]) / 1000, sys.argv[3]


class Trips:
    """Counts the turns of one connection, and those of each transaction in it."""

    def __init__(self):
        self.client_speaks = False
        self.turn = b""
        self.turns = 0
        self.is_page = False

    def from_client(self, data):
        if not self.client_speaks:
            self.client_speaks = True
            self.turn = b""
            self.turns += 1
        self.turn += data

    def from_server(self, file):
        if not self.client_speaks:
            return
        self.client_speaks = False
        if b"BEGIN" in self.turn:
            self.turns, self.is_page = 1, False
        if b"pg_advisory_xact_lock" in self.turn:
            self.is_page = True
        # With the end of its text: an isolation level has the word in it, too.
        if b"COMMIT\0" in self.turn and self.is_page:
            print(self.turns, file=file, flush=True)
            self.is_page = False


async def carry(reader, writer, note):
    """Copies one direction; each piece arrives `delay` after it came, in order."""
    loop = asyncio.get_running_loop()
    waiting = asyncio.Queue()

    async def deliver():
        while (piece := await waiting.get()) is not None:
            due, data = piece
            await asyncio.sleep(max(0.0, due - loop.time()))
            writer.write(data)
            await writer.drain()
        writer.close()

    delivery = asyncio.create_task(deliver())
    try:
        while data := await reader.read(1 << 18):
            note(data)
            waiting.put_nowait((loop.time() + delay, data))
    finally:
        waiting.put_nowait(None)
        await delivery


async def main():
    file = open(record, "w")

    async def serve(client_reader, client_writer):
        trips = Trips()
        server_reader, server_writer = await asyncio.open_unix_connection(path)
        await asyncio.gather(
            carry(client_reader, server_writer, trips.from_client),
            carry(server_reader, client_writer, lambda _: trips.from_server(file)),
            return_exceptions=True,
        )

    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await stop.wait()


asyncio.run(main())
