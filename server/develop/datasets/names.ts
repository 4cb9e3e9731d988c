import { z } from "zod";

const maxLength = 500;

/** What is wrong with the name of a new dataset, or undefined. Names that clients logged are taken as they are. */
function problemOfDatasetName(name: string): string | undefined {
  if (name.trim() === "") return "Enter a dataset name.";
  if (name === "." || name === "..") return `"${name}" is not a valid dataset name.`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\u0000-\u001f\u007f/\\]/.test(name)) return "Dataset names cannot contain slashes or control characters.";
  if (name.length > maxLength) return `Dataset names can have at most ${maxLength} characters.`;
  return undefined;
}

/** The name of a dataset as callers give it. */
export const DatasetName = z.string().superRefine((name, refinement) => {
  const message = problemOfDatasetName(name);
  if (message) refinement.addIssue({ code: "custom", message });
});
