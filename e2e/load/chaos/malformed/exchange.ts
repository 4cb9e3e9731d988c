import { connect } from "node:net";

/** What came back for bytes that were sent as they are. */
export interface Exchange {
  /** Status of the first answer; undefined when there was none. */
  status: number | undefined;
  /** Of the first answer, without what compressed or cut it. */
  body: string;
  /** Whether the server was still waiting when the time was up. */
  isTimedOut: boolean;
}

const limitMs = 30_000;
/** A client that ends its side at once gets no answer of Node's servers; one that sent too little never gets any if it does not. */
const timeoutMs = 3_000;

/**
 * Sends bytes on a connection of their own and reads one answer.
 * @param way.isWhole what is sent is all that it says it is; when nothing comes for something else, it ends its own side
 * @param way.abortAfterMs destroys the connection then, whatever comes
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
    // A server that has refused the head does not read the rest: what it answered is still there.
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

/** Whether an answer that says its length is there as a whole; others end with their connection. */
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
  // "100 Continue" announces the answer that counts.
  if (status === "100") return readPrediction(received.subarray(headEnd + 4));
  return { status: Number(status), body: body.toString("utf8") };
}
