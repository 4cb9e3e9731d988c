import { formatCount, nbsp } from "#components/ui/format.ts";
import type { State } from "#components/ui/status-shape.tsx";
import type { FeatureStateWord } from "#server/monitoring/drift/contract.ts";
import type { DriftReport } from "#server/monitoring/drift/report/contract.ts";

type Problem = NonNullable<DriftReport["problem"]>;

/** Why there is nothing to see, and what would change it. */
export const problemWords: Record<Problem, { title: string; short: string; why: string }> = {
  off: {
    title: "Nobody watches this endpoint",
    short: "not watched: switched off in its settings.",
    why: "Watching is switched off in its settings: its features are not counted and nothing is compared.",
  },
  "no-version": {
    title: "Nothing is deployed",
    short: "nothing is deployed.",
    why: "Drift compares what an endpoint is asked with what its version was made with. Deploy a version first.",
  },
  "no-reference": {
    title: "The version has no reference",
    short: "not watched: the version that serves has no reference.",
    why: "A reference is what the version was trained or validated with: rows of a dataset, an upload, or ordinary traffic. Without one there is nothing to compare with, and gateways count no features.",
  },
  "no-segment-reference": {
    title: "This segment is held against nothing",
    short: "not judged: the reference has no rows of the segment.",
    why: "The reference has no rows of this segment: tags come with live requests only, and values may be new. Held against all rows of the reference it would drift for ever, since a part is not the whole; and its own first weeks are no reference, since nobody says that they were ordinary. Its rows are counted, and are in the verdict on all rows. How right its answers are is on the page of quality.",
  },
  "no-rows": {
    title: "Nothing was counted in this time",
    short: "nothing was counted lately.",
    why: "Gateways count features of each request once the reference is in force. Send requests, or choose a longer time.",
  },
};

/** Shape and word of each state. Minor differences stay green: they ask for nothing. */
export const stateLooks: Record<FeatureStateWord, { state: State; word: string }> = {
  drift: { state: "watch", word: "Unusual" },
  expected: { state: "paused", word: "Expected" },
  minor: { state: "on-target", word: "Minor" },
  usual: { state: "on-target", word: "Usual" },
  "too-few": { state: "no-data", word: "Too few" },
  "no-data": { state: "no-data", word: "No data" },
};

/** How rare so large a difference is: "1 week in 40"; undefined where nothing was tested. */
export function rarityWords(oneIn: number | null, noun: "hour" | "day" | "week"): string | undefined {
  if (oneIn === null) return undefined;
  if (oneIn < 1.5) return `every ${noun}`;
  if (oneIn >= 10_000) return `< 1 in ${formatCount(10_000)}`;
  return `1${nbsp}${noun} in ${formatCount(oneIn < 100 ? Math.round(oneIn) : Number(oneIn.toPrecision(2)))}`;
}
