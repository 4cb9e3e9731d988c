/** Removes a character from both ends of a text, however often it occurs there. Linear in the length, unlike the expression `-+$`. */
export function trimOf(text: string, character: string): string {
  return trimStartOf(trimEndOf(text, character), character);
}

/** Removes a character from the start of a text, however often it occurs there. */
export function trimStartOf(text: string, character: string): string {
  let start = 0;
  while (start < text.length && text[start] === character) start += 1;
  return text.slice(start);
}

/** Removes a character from the end of a text, however often it occurs there. */
export function trimEndOf(text: string, character: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === character) end -= 1;
  return text.slice(0, end);
}

/** Removes the zeros at the end of a fraction, and a point without digits: "1.50" becomes "1.5", "2.00" becomes "2". */
export function trimZeros(digits: string): string {
  return digits.includes(".") ? trimEndOf(trimEndOf(digits, "0"), ".") : digits;
}
