"""State that is not messages: typed fields, reducers, and a different schema in and out."""

import operator
from typing import Annotated

from langgraph.graph import START, StateGraph
from pydantic import BaseModel
from typing_extensions import TypedDict


class Item(BaseModel):
    name: str
    price: float
    quantity: int = 1


class Order(BaseModel):
    """What comes in. It is a pydantic model, so a wrong order fails the run."""

    customer: str
    items: list[Item]
    notes: dict[str, str] | None = None


class Invoice(TypedDict):
    """What goes out."""

    lines: list[str]
    total: float
    count: int
    discount: float | None
    paid: bool
    labels: dict[str, str]


def merge(old: dict[str, str], new: dict[str, str]) -> dict[str, str]:
    return {**old, **new}


class Work(BaseModel):
    """What the nodes share: both of the above, and a field that never leaves the graph."""

    customer: str = ""
    items: list[Item] = []
    notes: dict[str, str] | None = None
    lines: Annotated[list[str], operator.add] = []
    total: Annotated[float, operator.add] = 0.0
    count: Annotated[int, operator.add] = 0
    discount: float | None = None
    paid: bool = False
    labels: Annotated[dict[str, str], merge] = {}
    largest_number: int = 0


async def price(work: Work) -> dict:
    return {
        "lines": [f"{item.quantity} of {item.name}" for item in work.items],
        "total": sum(item.quantity * item.price for item in work.items),
        "count": sum(item.quantity for item in work.items),
        "labels": {"customer": work.customer, "thanks": "merci \u2615 \U0001f600"},
        "largest_number": 2**53 - 1,
    }


async def reduce_price(work: Work) -> dict:
    if work.count < 10:
        return {"discount": None, "labels": {"discount": "none"}}
    return {"discount": 0.1, "total": -0.1 * work.total, "labels": {"discount": "10 %"}}


async def close(work: Work) -> dict:
    return {"paid": work.total == 0, "lines": [f"total {work.total:.2f} €"]}


graph = (
    StateGraph(Work, input_schema=Order, output_schema=Invoice)
    .add_node("price", price)
    .add_node("reduce_price", reduce_price)
    .add_node("close", close)
    .add_edge(START, "price")
    .add_edge("price", "reduce_price")
    .add_edge("reduce_price", "close")
    .compile()
)
