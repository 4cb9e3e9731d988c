import { z } from "zod";
import { hasControlCharacters } from "#server/base/text/control-characters.ts";

const maxLength = 500;

/** Returns the problem with the name of a new dataset, or undefined. Names logged by clients are accepted unchanged. */
function problemOfDatasetName(name: string): string | undefined {
  if (name.trim() === "") return "Enter a dataset name.";
  if (name === "." || name === "..") return `"${name}" is not a valid dataset name.`;
  if (/[/\\]/.test(name) || hasControlCharacters(name)) {
    return "Dataset names cannot contain slashes or control characters.";
  }
  return undefined;
}

/** Validates the name of a dataset in requests. */
export const DatasetName = z
  .string()
  .max(maxLength, `Dataset names can have at most ${maxLength} characters.`)
  .superRefine((name, refinement) => {
    const message = problemOfDatasetName(name);
    if (message) refinement.addIssue({ code: "custom", message });
  });
