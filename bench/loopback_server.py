"""A server of the OpenAI API that answers every call after the same time: python -m bench.loopback_server SECONDS.

It prints its port and serves any number of calls at once, so that whatever limits a run is not the server.
"""

import asyncio
import json
import sys

VERDICT = '{"reason": "第三の要点が原文と矛盾しています。", "verdict": "wrong"}'
CHOICE = {"index": 0, "message": {"role": "assistant", "content": VERDICT}, "finish_reason": "stop"}
BODY = json.dumps({"choices": [CHOICE], "usage": {"prompt_tokens": 600, "completion_tokens": 40}}).encode()
NO_SUCH_PAGE = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
REPLY = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(BODY), BODY)


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One connection, call after call."""
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            if head.startswith(b"GET"):  # what its models are, which this server does not say
                writer.write(NO_SUCH_PAGE)
                continue
            lines = head.lower().split(b"\r\n")
            length = next(int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length"))
            await reader.readexactly(length)
            await asyncio.sleep(float(sys.argv[1]))
            writer.write(REPLY)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def main() -> None:
    """Listen on any free port of the loopback interface."""
    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
