import { z } from "zod";
import { limits } from "#server/base/limits.ts";
import { problemOfText } from "./names.ts";

/** Returns a text schema that rejects values with the message that `problem` returns. */
export function checked(problem: (value: string) => string | undefined) {
  return z
    .string()
    .max(limits.textLength)
    .superRefine((value, refinement) => {
      const message = problem(value);
      if (message) refinement.addIssue({ code: "custom", message });
    });
}

export const Description = checked((text) => problemOfText("description", text, 100_000)).nullable();
