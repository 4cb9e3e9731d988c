import type { LabelledSpan } from "#server/stats/labelling/span-agreement.ts";

/** Outside of all spans. */
const outside = new Set(["O", "o", ""]);
const begins = new Set(["B", "S", "U"]);
const ends = new Set(["E", "L", "S", "U"]);

/**
 * Joins tags of tokens to spans: BIO, BIOES and BILOU with a prefix such as "B-PER", or classes without one. A tag that continues another class
 * starts a span (docs/spec/evaluation.md section 11.4).
 * @param tags of the tokens. @param offsets limits of each token in code points; a token without characters is skipped, as are further tags
 */
export function decodeTags(tags: readonly string[], offsets: readonly (readonly [number, number])[]): LabelledSpan[] {
  const spans: LabelledSpan[] = [];
  let open: LabelledSpan | undefined;
  for (const [at, [start, end]] of offsets.entries()) {
    const tag = tags[at];
    if (tag === undefined) break;
    if (start >= end) continue;
    if (outside.has(tag)) {
      open = undefined;
      continue;
    }
    const [, prefix = "", label = tag] = /^([BIESLU])-(.+)$/.exec(tag) ?? [];
    if (open && open.label === label && !begins.has(prefix)) open.end = end;
    else {
      open = { label, start, end };
      spans.push(open);
    }
    if (ends.has(prefix)) open = undefined;
  }
  return spans;
}
