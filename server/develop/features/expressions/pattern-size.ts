/**
 * Estimates the instructions of a regular expression before it is compiled: repetitions multiply, and compiling x{1000}x{1000}… takes hundreds
 * of milliseconds. Does not know \Q…\E.
 */
export function estimatePatternSize(pattern: string): number {
  /** Size so far, and of the last item, of each open group. */
  const open = [{ size: 0, last: 0 }];
  const add = (size: number) => {
    const group = open.at(-1);
    if (!group) return;
    group.size += size;
    group.last = size;
  };
  /** Characters of the open class, which is one instruction; undefined outside of one. */
  let characters: number | undefined;
  let before = "";
  for (const [token, least, most] of pattern.matchAll(tokens)) {
    const isNegation = token === "^" && before === "[";
    before = token;
    if (characters !== undefined) {
      // Where a class begins, ] is a character of it.
      if (token === "]" && characters > 0) characters = undefined;
      else if (!isNegation || characters > 0) characters += 1;
    } else if (token === "[") {
      characters = 0;
      add(1);
    } else if (token === "(") {
      open.push({ size: 2, last: 0 });
    } else if (token === ")") {
      const group = open.length > 1 ? open.pop() : undefined;
      add(group?.size ?? 1);
    } else if (least === undefined) {
      add(1);
    } else {
      const times = Math.max(Number(least), Number(most || least) + 1);
      const group = open.at(-1);
      if (group) group.size += group.last * (times - 1);
    }
  }
  return open.reduce((total, { size }) => total + size, 0);
}

/** Escapes, counts, and single characters. */
const tokens = /\\[\s\S]|\{(\d{1,4})(?:,(\d{0,4}))?\}|[\s\S]/g;
