import { z } from "zod";
import { problemOfText } from "./names.ts";

/** Text that is refused with the message that `problem` finds. */
export function checked(problem: (value: string) => string | undefined) {
  return z.string().superRefine((value, refinement) => {
    const message = problem(value);
    if (message) refinement.addIssue({ code: "custom", message });
  });
}

export const Description = checked((text) => problemOfText("description", text, 100_000)).nullable();
