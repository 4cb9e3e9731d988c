import { z } from "zod";
import { limits } from "./limits.ts";

/** Returns a schema for an object with arbitrary keys, at most `max`. The OpenAPI document states the limit. */
export function boundedRecord<Key extends z.core.$ZodRecordKey, Value extends z.ZodType>(
  key: Key,
  value: Value,
  max: number = limits.listLength,
): z.ZodRecord<Key, Value> {
  return z
    .record(key, value)
    .refine((entries) => Object.keys(entries).length <= max, `At most ${max} entries.`)
    .meta({ maxProperties: max });
}
