import type { Documents } from "#server/base/documents/documents.ts";
import { type GuideHeading, guideHeadings } from "#server/base/documents/guide-headings.ts";
import type { SearchHit } from "./contract.ts";
import type { Found } from "./find-hits.ts";
import type { Query } from "./match.ts";

/** Finds guides and their headings, which explain the words of the console. */
export async function findGuides(documents: Documents | undefined, { words, isById, limit }: Query): Promise<Found> {
  if (!documents || isById) return { hits: [], totals: {}, uncounted: [] };
  const ranked = (await guideHeadings(documents)).flatMap((heading) => {
    const rank = rankOf(heading, words);
    return rank === undefined ? [] : [{ heading, rank }];
  });
  const best = ranked.toSorted((left, right) => left.rank - right.rank).slice(0, limit);
  const hits = best.map(({ heading: { guide, heading, href }, rank }): SearchHit => {
    return {
      kind: "guide",
      id: href,
      label: heading,
      detail: guide === heading ? "guide" : `guide, ${guide}`,
      href,
      rank,
      facts: [{ label: "Guide", value: guide }],
    };
  });
  return { hits, totals: ranked.length > 0 ? { guide: ranked.length } : {}, uncounted: [] };
}

/** As the ranks of other hits; the title of its guide counts as text beside a heading. */
function rankOf({ guide, heading }: GuideHeading, words: readonly string[]): number | undefined {
  const [name, text] = [heading.toLowerCase(), `${heading} ${guide}`.toLowerCase()];
  if (!words.every((word) => text.includes(word))) return undefined;
  const phrase = words.join(" ");
  if (name === phrase) return 0;
  if (name.startsWith(phrase)) return 1;
  if (words.every((word) => ` ${name}`.includes(` ${word}`))) return 2;
  return words.every((word) => name.includes(word)) ? 3 : 4;
}
