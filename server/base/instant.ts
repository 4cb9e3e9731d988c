import { z } from "zod";
import { limits } from "./limits.ts";

const first = new Date(limits.firstInstant);
const last = new Date(limits.lastInstant);
const error = `Enter a time between ${first.getUTCFullYear()} and ${last.getUTCFullYear()}.`;

/**
 * Time in a request: ISO 8601 or milliseconds since 1970, between 1970 and 2100. JavaScript reads years that Postgres cannot store, and a range
 * of such years has more steps than a loop gets through.
 */
export const Instant = z.coerce.date().min(first, error).max(last, error);

/** The same, only as ISO 8601 with a time zone: "2026-05-04T03:12:00+02:00". */
export const IsoInstant = z.iso
  .datetime({ offset: true })
  .meta({ formatMinimum: limits.firstInstant, formatMaximum: limits.lastInstant })
  .transform((text) => new Date(text))
  .pipe(z.date().min(first, error).max(last, error));
