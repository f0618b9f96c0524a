"""Runs the backend under debugpy, again when its sources change; clients reach each run at the one port argv[1].

uvicorn's own reloader loses breakpoints: https://github.com/GoogleContainerTools/skaffold/issues/8251. A client that
attaches again as soon as a run has ended would meet nothing, or the adapter that this run left, which keeps its port for
a while. So every run's debugger has a port of its own, and a client that comes between two runs waits for the next.
"""

import asyncio
import contextlib
import os
import signal
import sys

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

    @classmethod
    async def start(cls) -> "Run":
        """Return once its debugger listens, or it has ended."""
        run = cls()
        reading, writing = os.pipe()
        command = [sys.executable, "-X", "frozen_modules=off", "-c", RUN, str(writing)]
        run.process = await asyncio.create_subprocess_exec(*command, pass_fds=[writing])
        os.close(writing)
        run.port = int(await asyncio.to_thread(os.read, reading, 8) or 0)
        os.close(reading)
        return run

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
                both = pass_on(reader, to_adapter), pass_on(from_adapter, writer), run.gone()
                tasks = [asyncio.create_task(one) for one in both]
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in tasks:
                    task.cancel()


async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Write what is read, to its end."""
    while data := await reader.read(1 << 16):
        writer.write(data)
        await writer.drain()


async def main() -> None:
    """Serve until an interrupt."""
    debugger = Debugger()
    async with await asyncio.start_server(debugger.lead, "127.0.0.1", int(sys.argv[1])):
        await debugger.follow()


with contextlib.suppress(KeyboardInterrupt):
    asyncio.run(main())
