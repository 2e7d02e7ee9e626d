"""Values that do not come of the updates before them."""

from mutation import Mutant, with_data

from graphtape_contracts.reducer import Reducer

_MESSAGES = {"messages": Reducer.MESSAGES}
_TRAIL = {"trail": Reducer.ADD}

MUTANTS = [
    Mutant(
        "folding.values",
        "a message of the update is missing",
        "python/mode-agent-values+updates",
        with_data("values", lambda data: {"messages": data["messages"][:1]}, nth=-1),
        reducers=_MESSAGES,
    ),
    Mutant(
        "folding.values",
        "a list is not added to",
        "aegra/stream-subgraphs-false",
        with_data("values", lambda data: data | {"steps": ["another"]}, nth=-1),
        reducers={"steps": Reducer.ADD},
    ),
    Mutant(
        "folding.values",
        "a value is not replaced",
        "javascript-1.5.1/stream-modes-updates+values",
        with_data("values", lambda data: data | {"messages": []}, nth=-1),
        reducers=_MESSAGES,
    ),
]
