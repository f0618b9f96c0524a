"""Runs the backend under debugpy, again when its sources change; clients reach each run at the one port argv[1].

uvicorn's own reloader loses breakpoints: https://github.com/GoogleContainerTools/skaffold/issues/8251. A client that
attaches again as soon as a run has ended would meet nothing, or what this run left: its adapter keeps its port for a
while. So every run's debugger has a port of its own, and a client that comes between two runs waits here.
"""

import asyncio
import contextlib
import json
import os
import signal
import sys
from asyncio.subprocess import Process

import watchfiles

RUN = """
import os, runpy, sys
import debugpy
os.write(int(sys.argv.pop()), b"%d" % debugpy.listen(("127.0.0.1", 0))[1])
runpy.run_module("app", run_name="__main__", alter_sys=True)
"""
GRACE_S = 1  # for a run to end, which one that stands at a breakpoint does not, and then for its adapter's last words


class Run:
    """One run of the backend."""

    def __init__(self, process: Process, port: int) -> None:
        self.process = process
        self.port = port  # of its debugger; 0 where it ended before

    @classmethod
    async def start(cls) -> "Run":
        """Return once its debugger listens, or it has ended."""
        reading, writing = os.pipe()
        command = [sys.executable, "-X", "frozen_modules=off", "-c", RUN, str(writing)]
        process = await asyncio.create_subprocess_exec(*command, pass_fds=[writing])
        os.close(writing)
        port = int(await asyncio.to_thread(os.read, reading, 8) or 0)
        os.close(reading)
        return cls(process, port)

    async def stop(self) -> None:
        """End it, in time or by force."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGINT)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.process.wait(), GRACE_S)
            self.process.kill()
        await self.process.wait()

    async def gone(self) -> None:
        """Wait for its end, and for its adapter to have said so."""
        await self.process.wait()
        await asyncio.sleep(GRACE_S)


class Debugger:
    """Leads clients to the run there is, or will be."""

    def __init__(self) -> None:
        self.run: asyncio.Future[Run] = asyncio.Future()

    async def follow(self) -> None:
        """Run the backend, again after each change."""
        run = await self.start()
        try:
            async for _ in watchfiles.awatch("app", watch_filter=watchfiles.PythonFilter()):
                self.run = asyncio.Future() if self.run.done() else self.run
                await run.stop()
                run = await self.start()
        finally:
            await run.stop()

    async def start(self) -> Run:
        """Start a run; clients come to it where it has a debugger."""
        run = await Run.start()
        if run.port:
            self.run.set_result(run)
        return run

    async def lead(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass on what a client and a run's adapter say to each other, until one of them or the run ends."""
        with contextlib.closing(writer), contextlib.suppress(OSError):
            run = await asyncio.shield(self.run)
            from_adapter, to_adapter = await asyncio.open_connection("127.0.0.1", run.port)
            with contextlib.closing(to_adapter):
                both = pass_on(reader, to_adapter), answer(from_adapter, writer), run.gone()
                tasks = [asyncio.create_task(one) for one in both]
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in tasks:
                    task.cancel()


async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Write a client's requests."""
    while data := await reader.read(1 << 16):
        writer.write(data)
        await writer.drain()


async def answer(adapter: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
    """Write an adapter's messages, and in its last one ask the client to attach again, which debugpy does not."""
    with contextlib.suppress(asyncio.IncompleteReadError):
        while header := await adapter.readuntil(b"\r\n\r\n"):
            message = json.loads(await adapter.readexactly(int(header.split(b":")[1])))
            if message.get("event") == "terminated":
                message["body"] = {"restart": True}
            text = json.dumps(message).encode()
            client.write(b"Content-Length: %d\r\n\r\n%s" % (len(text), text))
            await client.drain()


async def main() -> None:
    """Serve until an interrupt."""
    debugger = Debugger()
    async with await asyncio.start_server(debugger.lead, "127.0.0.1", int(sys.argv[1])):
        await debugger.follow()


with contextlib.suppress(KeyboardInterrupt):
    asyncio.run(main())
