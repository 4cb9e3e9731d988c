import { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";

/** Streams of the body of a request, whose pieces nobody else holds. */
const ofRequests = new WeakSet<Readable>();

/** Notes that a stream passes on the pieces of another one, and keeps none. */
export function passesOn(stream: Readable, source: Readable): Readable {
  if (source instanceof IncomingMessage || ofRequests.has(source)) ofRequests.add(stream);
  return stream;
}

/**
 * Gives the memory of pieces of a request back at once. It is outside of V8's heap; left to the collector, every 100 MB of it start a marking of the whole
 * heap, which takes a large process more time than everything else that an upload needs. Pieces of other streams stay, since somebody may hold them, and so
 * do those that share their memory.
 */
export function freePieces(body: Readable, pieces: readonly Buffer[]): void {
  if (!(body instanceof IncomingMessage) && !ofRequests.has(body)) return;
  for (const { buffer, byteOffset, byteLength } of pieces) {
    if (buffer instanceof ArrayBuffer && byteOffset === 0 && byteLength === buffer.byteLength) buffer.transfer(0);
  }
}
