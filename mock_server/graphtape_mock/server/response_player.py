"""The response player: sends a planned response to a client, on time or step by step."""

from dataclasses import dataclass

from starlette.types import Send

from graphtape_mock.replay.pacing import Clock, Pause, play
from graphtape_mock.replay.response_plan import Ending, NoSuchEvent, ResponsePlan
from graphtape_mock.replay.steps import Finish, HeldPlan, Step
from graphtape_mock.server.connection import Connection
from graphtape_mock.server.overrides import Steps


@dataclass(frozen=True, slots=True)
class ResponsePlayer:
    """Sends one plan to one client."""

    send: Send
    connection: Connection
    pause: Pause
    """Once it is over, the rest of the plan is not sent."""
    clock: Clock
    started: float

    async def play(self, plan: ResponsePlan, steps: Steps | None) -> NoSuchEvent | None:
        """Send the head, then the chunks when they are due or by *steps*, then the ending.

        If a step names an event that does not exist, send the rest and return the error.
        """
        problem: NoSuchEvent | None = None
        await self.pause.until(self.started + plan.latency)
        if plan.send_headers:
            head = {"status": plan.status, "headers": list(plan.head)}
            await self.send({"type": "http.response.start", **head})
            if steps is None:
                await play(iter(plan.chunks), self._write, self.pause, self.clock, self.started)
            else:
                problem = await self._play_held(HeldPlan(plan), steps)
        await self._end(plan)
        return problem

    async def _write(self, body: bytes) -> None:
        await self.send({"type": "http.response.body", "body": body, "more_body": True})

    async def _play_held(self, held: HeldPlan, steps: Steps) -> NoSuchEvent | None:
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

    async def _end(self, plan: ResponsePlan) -> None:
        match plan.ending:
            case Ending.WHOLE:
                await self.send({"type": "http.response.body", "body": b""})
            case Ending.HANG:
                await self.pause.until_woken()
            case Ending.RESET:
                await self.connection.reset(on_headers=plan.send_headers)
            case _:
                await self.connection.close(plan.torn)
