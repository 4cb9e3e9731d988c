/** Names are shorter; the comparison takes time by the square of the length. */
const maxLength = 60;

/**
 * Returns the word that is spelled most like the query, by insertions, deletions, replacements and swaps of neighbours; undefined if none
 * is close: one change in a short word, two in a longer one.
 */
export function didYouMean(query: string, names: Iterable<string>): string | undefined {
  const wanted = query.toLowerCase();
  if (wanted.length > maxLength) return undefined;
  const max = wanted.length < 3 ? 0 : wanted.length < 6 ? 1 : 2;
  let best: { word: string; changes: number } | undefined;
  for (const word of wordsOf(names)) {
    if (Math.abs(word.length - wanted.length) > max) continue;
    const changes = editDistance(wanted, word);
    if (changes <= max && changes > 0 && (!best || changes < best.changes)) best = { word, changes };
  }
  return best?.word;
}

/** Names, and the words that they consist of, in lower case. */
function wordsOf(names: Iterable<string>): Set<string> {
  const words = new Set<string>();
  for (const name of names) {
    const text = name.toLowerCase();
    words.add(text);
    for (const word of text.split(/[\s\-_./:,]+/)) if (word.length > 2) words.add(word);
  }
  return words;
}

/** Optimal string alignment distance. */
function editDistance(left: string, right: string): number {
  let [older, above]: number[][] = [[], Array.from({ length: right.length + 1 }, (_, index) => index)];
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const isSame = left[row - 1] === right[column - 1];
      const changes = [
        (above?.[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (above?.[column - 1] ?? 0) + (isSame ? 0 : 1),
      ];
      const isSwap =
        row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      if (isSwap) changes.push((older?.[column - 2] ?? 0) + 1);
      current.push(Math.min(...changes));
    }
    [older, above] = [above, current];
  }
  return above?.[right.length] ?? 0;
}
