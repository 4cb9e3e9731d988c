import { z } from "zod";
import { limits } from "#server/base/limits.ts";
import { characters } from "./keys.ts";

/**
 * Returns a schema for text of at most `limit` characters (not bytes, not UTF-16 units), with MLflow's message. @param what its name in the
 * message.
 */
export function atMost(limit: number, what: string) {
  const message = `'${what}' exceeds the maximum length of ${limit} characters`;
  return z
    .string()
    .max(limits.textLength, message)
    .refine((text) => text.length <= limit || characters(text) <= limit, message);
}
