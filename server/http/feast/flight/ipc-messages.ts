import { FlatBuffer } from "./flat-buffer.ts";

/** Marks the start of a message in a stream, before the length of its header. */
const continuation = 0xffff_ffff;
const prefixBytes = 8;

/** A message of a table: header and body. */
export interface IpcMessage {
  header: Uint8Array;
  body: Uint8Array;
}

const roundUp = (bytes: number): number => Math.ceil(bytes / 8) * 8;

/** Writes a message as a part of an IPC stream: mark, length, header and body, each a multiple of 8 bytes. */
export function* streamParts({ header, body }: IpcMessage): Generator<Uint8Array> {
  const padded = roundUp(header.length);
  const head = Buffer.alloc(prefixBytes + padded);
  head.writeUInt32LE(continuation, 0);
  head.writeUInt32LE(padded, 4);
  head.set(header, prefixBytes);
  yield head;
  if (body.length > 0) yield body;
  if (body.length % 8 > 0) yield Buffer.alloc(roundUp(body.length) - body.length);
}

/** Reads the messages of an IPC stream that Leeway wrote. */
export function* messagesOfStream(stream: Uint8Array): Generator<IpcMessage> {
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  let at = 0;
  while (at + prefixBytes <= stream.length) {
    const headerBytes = view.getUint32(at + 4, true);
    if (headerBytes === 0) return;
    const header = stream.subarray(at + prefixBytes, at + prefixBytes + headerBytes);
    const buffer = new FlatBuffer(header);
    const bodyBytes = buffer.long(buffer.root(), 3);
    at += prefixBytes + headerBytes;
    yield { header, body: stream.subarray(at, at + bodyBytes) };
    at += bodyBytes;
  }
}
