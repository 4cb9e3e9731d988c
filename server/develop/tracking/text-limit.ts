import { z } from "zod";
import { characters } from "./keys.ts";

/** Text of at most `limit` characters (not bytes, not UTF-16 units), with MLflow's message. @param what as the message names it. */
export function atMost(limit: number, what: string) {
  return z
    .string()
    .refine(
      (text) => text.length <= limit || characters(text) <= limit,
      `'${what}' exceeds the maximum length of ${limit} characters`,
    );
}
