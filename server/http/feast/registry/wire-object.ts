import type { WireTags, WireTime } from "../messages.ts";
import { decode, encode, withField, withoutField } from "../messages.ts";
import { toFeastVersion } from "../view-version.ts";

/** When an object was defined, and changed last. */
export interface ObjectTimes {
  createdAt: Date;
  updatedAt: Date;
}

/** Number of the field "meta" in entities, views, services and projects, */
const metaField = 2;
/** and in data sources. */
const sourceMetaField = 50;

function wireTime(at: Date): WireTime {
  const milliseconds = at.getTime();
  const seconds = Math.floor(milliseconds / 1000);
  return { seconds, nanos: (milliseconds - seconds * 1000) * 1_000_000 };
}

/** Returns a time in microseconds since 1970. */
export function microsecondsOf({ seconds, nanos }: WireTime): number {
  return seconds * 1_000_000 + Math.floor(nanos / 1000);
}

function wireTimeOfMicroseconds(microseconds: number): WireTime {
  const seconds = Math.floor(microseconds / 1_000_000);
  return { seconds, nanos: (microseconds - seconds * 1_000_000) * 1000 };
}

function timesOf({ createdAt, updatedAt }: ObjectTimes) {
  return { created_timestamp: wireTime(createdAt), last_updated_timestamp: wireTime(updatedAt) };
}

/** Returns an object as a client sent it, without `meta`, which the server fills in. All other bytes are unchanged. */
export function keptBytes(object: Uint8Array): Buffer<ArrayBuffer> {
  return withoutField(object, metaField);
}

export function keptSource(source: Uint8Array): Buffer<ArrayBuffer> {
  return withoutField(source, sourceMetaField);
}

/** Returns an object of a client with its `meta`. */
export function withMeta(kept: Uint8Array, times: ObjectTimes): Buffer {
  return withField(kept, metaField, encode("Meta", timesOf(times)));
}

export function withSourceMeta(kept: Uint8Array, times: ObjectTimes): Buffer {
  return withField(kept, sourceMetaField, encode("SourceMeta", timesOf(times)));
}

/** Returns a view with its `meta`: what is known of it, and up to which event time it was materialised. */
export function withViewMeta(
  kept: Uint8Array,
  view: ObjectTimes & { version: number; materialisedUntil: number | null },
): Buffer {
  const end = view.materialisedUntil;
  const meta = encode("ViewMeta", {
    ...timesOf(view),
    current_version_number: toFeastVersion(view.version),
    // Clients read only the greatest end. Which ranges were read before does not matter to them.
    materialization_intervals:
      end === null ? [] : [{ start_time: { seconds: 0, nanos: 0 }, end_time: wireTimeOfMicroseconds(end) }],
  });
  return withField(kept, metaField, meta);
}

/** Returns the specification inside an object. */
export function specOf(object: Uint8Array): Uint8Array {
  return decode("Described", object).spec ?? new Uint8Array();
}

export function described(spec: Uint8Array): Buffer {
  return encode("Described", { spec });
}

/** Whether an object has all tags that a list asks for. */
export function hasTags(tags: WireTags, wanted: WireTags): boolean {
  return Object.entries(wanted).every(([name, value]) => Object.hasOwn(tags, name) && tags[name] === value);
}
