import { z } from "zod";

/** Control characters, lone surrogates, and overrides and isolates of the writing direction, with which a name can pose as another. */
const controlCharacters = /[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/gu;

/** Returns whether a text contains characters that no name should contain. */
export function hasControlCharacters(text: string): boolean {
  return text.search(controlCharacters) >= 0;
}

/** Removes the control characters of a name that comes from elsewhere. */
export function withoutControlCharacters(text: string): string {
  return text.replaceAll(controlCharacters, "");
}

/** Rejects control characters. A check for schemas of names in commands; stored names are never checked. */
export const noControlCharacters = z.refine<string>(
  (name) => !hasControlCharacters(name),
  "Remove control characters from the name.",
);
