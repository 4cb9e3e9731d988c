import { z } from "zod";

const maxLength = 500;

/** Returns the problem with the name of a new dataset, or undefined. Names logged by clients are accepted unchanged. */
function problemOfDatasetName(name: string): string | undefined {
  if (name.trim() === "") return "Enter a dataset name.";
  if (name === "." || name === "..") return `"${name}" is not a valid dataset name.`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\u0000-\u001f\u007f/\\]/.test(name)) return "Dataset names cannot contain slashes or control characters.";
  if (name.length > maxLength) return `Dataset names can have at most ${maxLength} characters.`;
  return undefined;
}

/** Validates the name of a dataset in requests. */
export const DatasetName = z.string().superRefine((name, refinement) => {
  const message = problemOfDatasetName(name);
  if (message) refinement.addIssue({ code: "custom", message });
});
