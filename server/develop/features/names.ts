import { z } from "zod";
import { limits } from "#server/base/limits.ts";
import { hasControlCharacters } from "#server/base/text/control-characters.ts";

const maxLength = 200;

/**
 * Returns the problem with a name of a view, feature, entity, service or source, or undefined. References join them: "view:feature",
 * "view@v2:feature".
 */
function problemOfFeatureName(name: string): string | undefined {
  if (name.trim() === "") return "Enter a name.";
  if (name !== name.trim()) return `Remove spaces around the name "${name}".`;
  if (/[:@,/\\]/.test(name) || hasControlCharacters(name)) {
    return `The name ${JSON.stringify(name)} cannot contain ":", "@", ",", slashes or control characters.`;
  }
  if (name === "." || name === "..") return `"${name}" is not a valid name.`;
  if (name.length > maxLength) return `Names can have at most ${maxLength} characters.`;
  return undefined;
}

/** Validates the name of a source. Feast's clients name a file by its path. */
export const SourceName = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .refine((name) => !hasControlCharacters(name), "Names of sources cannot contain control characters.");

/** Validates the name of a view, feature, entity or service. */
export const FeatureName = z
  .string()
  .max(limits.nameLength)
  .superRefine((name, refinement) => {
    const message = problemOfFeatureName(name);
    if (message) refinement.addIssue({ code: "custom", message });
  });
