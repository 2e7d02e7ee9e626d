"""Streams with events that were not requested or have wrong names."""

from mutation import Change, Mutant, asking, with_frames

from graphtape_contracts import Frame, sse

NODE = "child:a8c845e5-68fc-5001-1287-583c2563a184"


def renamed(old: str, new: str) -> Change:
    """Make a change that renames the first event *old* to *new*."""

    def apply(frames: list[Frame]) -> list[Frame | bytes]:
        first = next(n for n, frame in enumerate(frames) if frame.event == old)
        block = sse.encode_event(new, frames[first].data or "", eol="\r\n")
        return [*frames[:first], block, *frames[first + 1 :]]

    return with_frames(apply)


MUTANTS = [
    Mutant(
        "events.asked",
        "values were not requested",
        "python/mode-agent-values+updates",
        asking(stream_mode=["updates"]),
    ),
    Mutant(
        "events.asked",
        "`messages` was not requested, only `messages-tuple`",
        "python/mode-agent-messages",
        asking(stream_mode="messages-tuple"),
    ),
    Mutant(
        "events.interrupts-asked",
        "interrupts are in values that were not requested",
        "python/interrupt-interrupting-updates",
        with_frames(lambda frames: [*frames, frames[-1].raw.replace(b"updates", b"values", 1)]),
    ),
    Mutant(
        "events.checkpoints-asked",
        "checkpoints were not requested",
        "python/interrupt_before-keep-all",
        asking(stream_mode=["values", "updates", "messages", "debug", "tasks", "custom"]),
    ),
    Mutant(
        "events.namespace-asked",
        "subgraphs were not requested",
        "python/mode-subgraph-sub-updates",
        asking(stream_subgraphs=False),
    ),
    Mutant(
        "events.namespace-form",
        "the id of a task is a number",
        "python/mode-subgraph-sub-updates",
        renamed(f"updates|{NODE}", "updates|child:1"),
    ),
    Mutant(
        "events.namespace-form",
        "a part of a namespace is empty",
        "python/mode-subgraph-sub-updates",
        renamed(f"updates|{NODE}", f"updates|{NODE}|"),
    ),
    Mutant(
        "events.run-no-namespace",
        "an error has a namespace",
        "python/boom-updates",
        renamed("error", f"error|{NODE}"),
    ),
    Mutant(
        "events.partial-no-namespace",
        "a partial has a namespace",
        "python/mode-subgraph-sub-messages",
        renamed("messages/partial", f"messages/partial|{NODE}"),
    ),
    Mutant(
        "events.messages-tuple-only",
        "`messages-tuple` was requested, too",
        "python/mode-agent-messages",
        asking(stream_mode=["messages", "messages-tuple"]),
    ),
    Mutant(
        "events.checkpoints-kept",
        "the thread is not kept",
        "python/interrupt_before-keep-all",
        asking(on_completion="delete"),
    ),
    Mutant(
        "events.known",
        "an event with an unknown name",
        "python/mode-tools-updates+custom",
        renamed("updates", "progress"),
    ),
]
