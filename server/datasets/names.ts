import { z } from "zod";

const mostCharacters = 500;

/** What is wrong with the name of a new dataset, or undefined. Names that clients logged are taken as they are. */
function problemOfDatasetName(name: string): string | undefined {
  if (name.trim() === "") return "Say what the dataset is called.";
  if (name === "." || name === "..") return `"${name}" cannot be the name of a dataset.`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\u0000-\u001f\u007f/\\]/.test(name)) return "The name of a dataset has no slashes and no control characters.";
  if (name.length > mostCharacters) return `The name of a dataset has at most ${mostCharacters} characters.`;
  return undefined;
}

/** The name of a dataset as callers give it. */
export const DatasetName = z.string().superRefine((name, refinement) => {
  const message = problemOfDatasetName(name);
  if (message) refinement.addIssue({ code: "custom", message });
});
