import { GrpcError, grpcCodes } from "./status.ts";

/** One byte that says whether the message is compressed, and its length in four bytes, before each message. */
const prefixBytes = 5;

/** Writes a message with its prefix, not compressed. */
export function frameOf(message: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(prefixBytes + message.length);
  frame.writeUInt8(0, 0);
  frame.writeUInt32BE(message.length, 1);
  frame.set(message, prefixBytes);
  return frame;
}

/**
 * Reads the messages of a request, one at a time: nothing is read ahead of the one that is asked for.
 * @param chunks the body as it arrives
 * @param maxBytes of one message
 * @param take called with the length of each message before it is read, and waited for; what it returns is called once it is read
 * @throws GrpcError for a message that is too long, compressed or cut off
 */
export async function* readFrames(
  chunks: AsyncIterable<Buffer>,
  maxBytes: number,
  take: (bytes: number) => Promise<() => void>,
): AsyncGenerator<Buffer> {
  const arriving = chunks[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  const more = async (): Promise<Buffer | undefined> => {
    const next = await arriving.next();
    return next.done ? undefined : next.value;
  };
  try {
    for (;;) {
      const head = await readExactly(prefixBytes);
      if (!head) return;
      if (head.readUInt8(0) !== 0) {
        throw new GrpcError(grpcCodes.unimplemented, "Compressed gRPC messages are not supported.");
      }
      const length = head.readUInt32BE(1);
      if (length > maxBytes) {
        const limit = maxBytes >= 2 ** 20 ? `${maxBytes / 2 ** 20} MiB` : `${maxBytes} bytes`;
        throw new GrpcError(grpcCodes.resourceExhausted, `A message of this call can have at most ${limit}.`);
      }
      const done = await take(length);
      const message = await readExactly(length).finally(done);
      if (!message) throw cutOff();
      yield message;
    }
  } finally {
    await arriving.return?.();
  }

  /** Returns the next bytes; undefined at the end of the body. @throws GrpcError if it ends within them */
  async function readExactly(length: number): Promise<Buffer | undefined> {
    const parts: Buffer[] = [];
    let missing = length;
    while (missing > 0) {
      if (rest.length === 0) {
        const chunk = await more();
        if (!chunk) {
          if (parts.length > 0) throw cutOff();
          return undefined;
        }
        rest = chunk;
      }
      const part = rest.subarray(0, missing);
      rest = rest.subarray(part.length);
      missing -= part.length;
      if (part.length > 0) parts.push(part);
    }
    return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts, length);
  }
}

function cutOff(): GrpcError {
  return new GrpcError(grpcCodes.invalidArgument, "The request ends within a message.");
}
