"""A response that leaves by a script: late, in steps, broken off, or otherwise than it was."""

from dataclasses import dataclass

from starlette.types import Send

from graphtape_mock.replay.pacing import Clock, Pause, play
from graphtape_mock.replay.response_plan import Ending, NoSuchEvent, ResponsePlan
from graphtape_mock.replay.steps import Finish, Held, Step
from graphtape_mock.server.connection import Connection
from graphtape_mock.server.overrides import Steps


@dataclass(frozen=True, slots=True)
class ResponsePlayer:
    """Plays one script to one client."""

    send: Send
    connection: Connection
    pause: Pause
    """Once it is over, what is left of the script is not played."""
    clock: Clock
    started: float

    async def play(self, script: ResponsePlan, steps: Steps | None) -> NoSuchEvent | None:
        """Send the head, what the script has, when it is due or by *steps*, and end as it says.

        Return the error where a step asked for an event that there is not; then all is sent.
        """
        problem: NoSuchEvent | None = None
        await self.pause.until(self.started + script.latency)
        if not script.sends_no_headers:
            head = {"status": script.status, "headers": list(script.head)}
            await self.send({"type": "http.response.start", **head})
            if steps is None:
                await play(iter(script.chunks), self._write, self.pause, self.clock, self.started)
            else:
                problem = await self._play_held(Held(script), steps)
        await self._end(script)
        return problem

    async def _write(self, body: bytes) -> None:
        await self.send({"type": "http.response.body", "body": body, "more_body": True})

    async def _play_held(self, held: Held, steps: Steps) -> NoSuchEvent | None:
        steps.wake = self.pause.wake
        step: Step | None = None
        while not isinstance(step, Finish) and not self.pause.over:
            step = steps.pop()
            if step is None:
                await self.pause.until_woken()
                continue
            try:
                await self._write(held.take(step))
            except NoSuchEvent as error:
                await self._write(held.take(Finish()))
                return error
        return None

    async def _end(self, script: ResponsePlan) -> None:
        match script.ending:
            case Ending.WHOLE:
                await self.send({"type": "http.response.body", "body": b""})
            case Ending.HANG:
                await self.pause.until_woken()
            case Ending.RESET:
                await self.connection.reset(on_headers=not script.sends_no_headers)
            case _:
                await self.connection.close(script.torn)
