import { z } from "zod";
import { limits } from "./limits.ts";

/** An IANA name, such as "Europe/Lisbon"; distances such as "+02:00" are none, since they know no summer. */
export const TimeZone = z
  .string()
  .max(limits.nameLength)
  .refine(isTimeZone, "Unknown time zone. Use a name such as Europe/Lisbon or UTC.");

/** Whether a time zone of this name exists. */
export function isTimeZone(name: string): boolean {
  try {
    return /^[A-Za-z]/.test(name) && new Intl.DateTimeFormat("en", { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}
