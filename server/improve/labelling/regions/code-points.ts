/** Returns the number of code points of a text; JavaScript's length counts an emoji as two. */
export function lengthInCodePoints(text: string): number {
  let length = text.length;
  for (let at = 0; at < text.length; at += 1) {
    if (isPair(text, at)) {
      length -= 1;
      at += 1;
    }
  }
  return length;
}

/** Returns the part of a text between two positions in code points, the end exclusive. */
export function sliceCodePoints(text: string, start: number, end: number): string {
  let [point, from] = [0, -1];
  for (let at = 0; at < text.length; at += 1) {
    if (point === start && from < 0) from = at;
    if (point === end) return from < 0 ? "" : text.slice(from, at);
    if (isPair(text, at)) at += 1;
    point += 1;
  }
  return from < 0 ? "" : text.slice(from);
}

/** Whether the unit at a position and the one after it are one code point. */
function isPair(text: string, at: number): boolean {
  const [high, low] = [text.charCodeAt(at), text.charCodeAt(at + 1)];
  return high >= 0xd800 && high <= 0xdbff && low >= 0xdc00 && low <= 0xdfff;
}
