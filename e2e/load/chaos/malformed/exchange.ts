import { connect } from "node:net";

/** Response to raw bytes. */
export interface Exchange {
  /** Status of the first response; undefined without one. */
  status: number | undefined;
  /** Body of the first response, decompressed and without chunk framing. */
  body: string;
  /** Whether the server was still waiting at the end of the time limit. */
  isTimedOut: boolean;
}

const limitMs = 30_000;
/** Time without a response until the client ends its side: ended at once, Node would not respond; without an end, it waits for more. */
const timeoutMs = 3_000;

/**
 * Sends bytes on a separate connection and reads one response.
 * @param way.isWhole whether the bytes are a complete message; without a response to an incomplete one, the client ends its side
 * @param way.abortAfterMs destroys the connection after this time, whatever arrives
 */
export function exchange(
  port: number,
  bytes: Buffer,
  { isComplete, abortAfterMs }: { isComplete: boolean; abortAfterMs?: number | undefined },
): Promise<Exchange> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let isTimedOut = false;
    const socket = connect({ host: "127.0.0.1", port, allowHalfOpen: true, noDelay: true });
    const timer = setTimeout(() => {
      isTimedOut = abortAfterMs === undefined;
      socket.destroy();
    }, abortAfterMs ?? limitMs);
    const impatience = setTimeout(() => !isComplete && chunks.length === 0 && socket.end(), timeoutMs);
    socket.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      if (hasResponse(Buffer.concat(chunks))) socket.destroy();
    });
    // A server that has rejected the head does not read the rest: its response is still available.
    socket.on("error", () => {});
    socket.on("end", () => socket.destroy());
    socket.on("close", () => {
      clearTimeout(timer);
      clearTimeout(impatience);
      resolve({ ...readPrediction(Buffer.concat(chunks)), isTimedOut });
    });
    socket.write(bytes);
  });
}

/** Returns whether a response with a content length is complete; others end with their connection. */
function hasResponse(received: Buffer): boolean {
  const text = received.toString("latin1");
  const headEnd = text.indexOf("\r\n\r\n");
  const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, headEnd))?.[1];
  return headEnd >= 0 && length !== undefined && received.length >= headEnd + 4 + Number(length);
}

function readPrediction(received: Buffer): Pick<Exchange, "status" | "body"> {
  const text = received.toString("latin1");
  const headEnd = text.indexOf("\r\n\r\n");
  const [, status] = /^HTTP\/1\.[01] (\d{3})/.exec(text) ?? [];
  if (!status || headEnd < 0) return { status: undefined, body: text };
  const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, headEnd))?.[1];
  const body = received.subarray(headEnd + 4, length === undefined ? undefined : headEnd + 4 + Number(length));
  // "100 Continue" precedes the actual response.
  if (status === "100") return readPrediction(received.subarray(headEnd + 4));
  return { status: Number(status), body: body.toString("utf8") };
}
