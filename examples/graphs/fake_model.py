"""A chat model that needs no network and no key: it streams a script, piece by piece."""

import asyncio
import re
from collections.abc import AsyncIterator
from functools import reduce
from operator import add
from typing import Any

from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage, message_chunk_to_message
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import Field


class FakeModel(BaseChatModel):
    """Streams the pieces in `script`, then a last piece with the number of tokens.

    Waits `pause` seconds before each piece. If `failure` is set, raises a ValueError with that text
    in place of the last piece.
    """

    # LangChain calls the model's repr in every run, and the repr of messages is slow.
    script: list[AIMessageChunk] = Field(repr=False)
    finish_reason: str = "stop"
    pause: float = 0.0
    failure: str | None = None

    @property
    def _llm_type(self) -> str:
        return "fake"

    def _last_piece(self, messages: list[BaseMessage]) -> AIMessageChunk:
        if self.failure is not None:
            raise ValueError(self.failure)
        read = sum(len(message.text.split()) for message in messages)
        said = len(self.script)
        return AIMessageChunk(
            content="",
            response_metadata={"finish_reason": self.finish_reason, "model_name": "fake-1"},
            usage_metadata={
                "input_tokens": read,
                "output_tokens": said,
                "total_tokens": read + said,
            },
            chunk_position="last",
        )

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        whole = reduce(add, [*self.script, self._last_piece(messages)])
        return ChatResult(generations=[ChatGeneration(message=message_chunk_to_message(whole))])

    async def _astream(
        self, messages: list[BaseMessage], *_: Any, **__: Any
    ) -> AsyncIterator[ChatGenerationChunk]:
        for piece in self.script:
            await asyncio.sleep(self.pause)
            # A copy, because LangChain writes the message's id into the piece.
            yield ChatGenerationChunk(message=piece.model_copy())
        await asyncio.sleep(self.pause)
        yield ChatGenerationChunk(message=self._last_piece(messages))


def words(text: str) -> list[AIMessageChunk]:
    """Cut a text into words, each with the space after it."""
    return [AIMessageChunk(content=word) for word in re.findall(r"\S+\s*", text)]
