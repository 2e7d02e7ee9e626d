"""A workflow of the functional API, whose output is a list or a number instead of an object."""

from typing import NotRequired

from langgraph.func import entrypoint, task
from typing_extensions import TypedDict


class Numbers(TypedDict):
    numbers: list[int]
    add_up: NotRequired[bool]


@task
async def square(number: int) -> int:
    return number * number


@entrypoint()
async def graph(request: Numbers) -> list[int] | int:
    squares = [await square(number) for number in request["numbers"]]
    return sum(squares) if request.get("add_up") else squares
