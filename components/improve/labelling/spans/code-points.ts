// Spans count code points, as Label Studio does (docs/spec/labelling.md 13); strings and selections of a browser count UTF-16 units.

/** Returns the number of code points before a place in UTF-16 units. */
export function codePointAt(text: string, unit: number): number {
  return [...text.slice(0, unit)].length;
}

/** Returns the number of code points of a text. */
export function codePointLength(text: string): number {
  return codePointAt(text, text.length);
}

/** Returns the part of a text between two places in code points. */
export function sliceCodePoints(text: string, start: number, end: number): string {
  return [...text].slice(start, end).join("");
}

/** A word of a text, in code points, its end exclusive. */
export interface Word {
  start: number;
  end: number;
}

/** Finds the words of a text, also of those that are written without spaces. */
export function findWordPlaces(text: string): Word[] {
  const words: Word[] = [];
  let at = 0;
  for (const { segment, isWordLike } of new Intl.Segmenter(undefined, { granularity: "word" }).segment(text)) {
    const end = at + codePointLength(segment);
    if (isWordLike) words.push({ start: at, end });
    at = end;
  }
  return words;
}
