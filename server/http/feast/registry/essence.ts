import protobuf from "protobufjs";
import { DomainError } from "#server/base/errors.ts";
import { withoutField } from "../messages.ts";

/** Changes bytes of a message, and leaves all others. */
type Change = (bytes: Uint8Array) => Uint8Array;

/** Applies a change to a field of messages, each time it occurs. */
function inField(fieldNumber: number, change: Change): Change {
  return (bytes) => {
    const reader = protobuf.Reader.create(bytes);
    const parts: Uint8Array[] = [];
    while (reader.pos < reader.len) {
      const start = reader.pos;
      const tag = reader.uint32();
      if (tag >>> 3 === fieldNumber && (tag & 7) === 2) {
        parts.push(protobuf.Writer.create().uint32(tag).bytes(change(reader.bytes())).finish());
      } else {
        reader.skipType(tag & 7);
        parts.push(bytes.subarray(start, reader.pos));
      }
    }
    return Buffer.concat(parts);
  };
}

const all =
  (...changes: readonly Change[]): Change =>
  (bytes) =>
    changes.reduce((changed, change) => change(changed), bytes);

/** Field numbers, as in messages.ts. */
const source = all(
  (bytes) => withoutField(bytes, 50),
  inField(26, (bytes) => withoutField(bytes, 50)),
);
const projection = all(inField(8, source), inField(9, source));
const view = inField(1, all(inField(7, source), inField(9, source)));
const onDemandSource = all(inField(1, view), inField(2, source), inField(3, projection));

/**
 * Returns what tells two objects of a kind apart: clients put the time at which they read a definition into the sources inside it, so that
 * the same definition has other bytes each time.
 */
const essenceOf = {
  view,
  source,
  service: inField(1, inField(3, projection)),
  "on-demand-view": inField(1, inField(4, inField(2, onDemandSource))),
} as const satisfies Record<string, Change>;

/**
 * Returns the stored object if the one that was sent says the same, else the one that was sent.
 * @throws DomainError "invalid" for bytes inside the one that was sent that are no message
 */
export function storedIfSame(
  kind: keyof typeof essenceOf,
  stored: Uint8Array | null | undefined,
  sent: Buffer<ArrayBuffer>,
): Buffer<ArrayBuffer> {
  const said = essenceIn(kind, sent);
  return stored && isSame(kind, stored, said) ? Buffer.from(stored) : sent;
}

function essenceIn(kind: keyof typeof essenceOf, object: Uint8Array): Uint8Array {
  try {
    return essenceOf[kind](object);
  } catch (cause) {
    if (cause instanceof DomainError) throw cause;
    throw new DomainError("invalid", "The definition contains an invalid Feast message.", { cause });
  }
}

function isSame(kind: keyof typeof essenceOf, stored: Uint8Array, said: Uint8Array): boolean {
  try {
    return Buffer.from(essenceIn(kind, stored)).equals(said);
  } catch (error) {
    // One that was stored before its parts were checked must not stand in the way of the next.
    if (error instanceof DomainError) return false;
    throw error;
  }
}
