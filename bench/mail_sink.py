"""A mail server that takes everything: prints its port, and when its input ends how many letters came, and how many apart."""

import asyncio
import sys

from aiosmtpd.smtp import SMTP


class Sink:
    def __init__(self):
        self.came, self.apart = 0, set()

    async def handle_DATA(self, server, session, envelope):
        self.came += 1
        head = envelope.content[:600].lower()
        start = head.find(b"message-id:")
        self.apart.add(hash((envelope.rcpt_tos[0], head[start : head.find(b"\r\n", start)])))
        return "250 taken"


async def main() -> None:
    sink, loop = Sink(), asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(sink, hostname="localhost", timeout=600), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    print(sink.came, len(sink.apart), flush=True)
    server.close()


if __name__ == "__main__":
    asyncio.run(main())
