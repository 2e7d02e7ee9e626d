// A chat model that needs no network and no key: it streams a script, piece by piece.

import { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { AIMessage, AIMessageChunk, type BaseMessage } from "@langchain/core/messages";
import { ChatGenerationChunk } from "@langchain/core/outputs";

export const sleep = (seconds: number) => new Promise((resolve) => setTimeout(resolve, 1000 * seconds));

/** Streams the pieces in `script`, then a last piece with the number of tokens.
 *
 * Waits `pause` seconds before each piece. If `failure` is set, throws an Error with that text in
 * place of the last piece. */
export class FakeModel extends BaseChatModel {
  private script: AIMessageChunk[];
  private finishReason: string;
  private pause: number;
  private failure?: string;

  constructor(given: {
    script: AIMessageChunk[];
    finishReason?: string;
    pause?: number;
    failure?: string;
  }) {
    super({});
    this.script = given.script;
    this.finishReason = given.finishReason ?? "stop";
    this.pause = given.pause ?? 0;
    this.failure = given.failure;
  }

  _llmType() {
    return "fake";
  }

  private lastPiece(messages: BaseMessage[]) {
    if (this.failure !== undefined) throw new Error(this.failure);
    const read = messages.flatMap((message) => message.text.split(/\s+/)).length;
    const said = this.script.length;
    return new AIMessageChunk({
      content: "",
      response_metadata: { finish_reason: this.finishReason, model_name: "fake-1" },
      usage_metadata: { input_tokens: read, output_tokens: said, total_tokens: read + said },
    });
  }

  async _generate(messages: BaseMessage[]) {
    const pieces = [...this.script, this.lastPiece(messages)];
    const whole = pieces.reduce((sum, piece) => sum.concat(piece));
    return { generations: [{ text: whole.text, message: new AIMessage({ ...whole }) }] };
  }

  async *_streamResponseChunks(messages: BaseMessage[], _options: this["ParsedCallOptions"], runManager?: any) {
    for (const piece of this.script) {
      await sleep(this.pause);
      // A copy, because LangChain writes the message's id into the piece.
      const message = new AIMessageChunk({ ...piece });
      yield new ChatGenerationChunk({ message, text: piece.text });
      await runManager?.handleLLMNewToken(piece.text);
    }
    await sleep(this.pause);
    yield new ChatGenerationChunk({ message: this.lastPiece(messages), text: "" });
  }
}

/** Cut a text into words, each with the space after it. */
export const words = (text: string) =>
  (text.match(/\S+\s*/g) ?? []).map((word) => new AIMessageChunk({ content: word }));
