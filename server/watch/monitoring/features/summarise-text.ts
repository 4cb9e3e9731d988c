import type { TextPart } from "./contract.ts";

/** Summarises one text as a number (docs/spec/drift.md section 9): characters and words are counted, the shares are of characters. */
export function summariseText(text: string, part: TextPart): number {
  switch (part) {
    case "characters":
      return text.length;
    case "words":
      return wordsOf(text).length;
    case "word-length": {
      const words = wordsOf(text);
      return words.length === 0 ? 0 : words.reduce((sum, word) => sum + word.length, 0) / words.length;
    }
    case "non-ascii-share":
      return shareOf(text, (code) => code > 127);
    case "digit-share":
      return shareOf(text, (code) => code >= 48 && code <= 57);
  }
}

function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{N}]+/gu) ?? [];
}

function shareOf(text: string, test: (code: number) => boolean): number {
  let count = 0;
  for (let at = 0; at < text.length; at++) if (test(text.charCodeAt(at))) count += 1;
  return text.length === 0 ? 0 : count / text.length;
}
