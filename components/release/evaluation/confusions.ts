/** A pair of classes that was confused. */
export interface Confusion {
  label: string;
  prediction: string;
  rows: number;
  /** Rows with the label. */
  of: number;
  share: number;
}

/** Returns which classes are confused, the largest share of a label first. @param counts rows by label, then by prediction */
export function rankConfusions(names: readonly string[], counts: readonly (readonly number[])[]): Confusion[] {
  return counts
    .flatMap((row, actual) => {
      const of = row.reduce((sum, count) => sum + count, 0);
      return row.flatMap((rows, predicted) =>
        rows === 0 || actual === predicted
          ? []
          : [{ label: names[actual] ?? "", prediction: names[predicted] ?? "", rows, of, share: rows / of }],
      );
    })
    .toSorted((a, b) => b.share - a.share || b.rows - a.rows);
}
