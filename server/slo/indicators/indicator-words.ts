import { figures } from "#server/number-words.ts";
import type { Indicator } from "./contract.ts";

/** What an indicator counts, as a sentence for people. */
export function indicatorWords(indicator: Indicator): string {
  switch (indicator.kind) {
    case "availability":
      return "Requests answered without a fault of the server. What the caller did wrong is not counted.";
    case "latency": {
      const within = `Requests answered within ${limitWords(indicator.withinMs)}. Time-outs count as slow`;
      return indicator.countsFailures
        ? `${within}, and so do other failures of the server.`
        : `${within}; other failures are left to availability.`;
    }
    case "freshness":
      return `Requests whose features were at most ${limitWords(indicator.atMostMs)} old, of those that say when theirs were made.`;
    case "realised-quality": {
      const right =
        indicator.tolerance === null
          ? "Answers that turned out to be right"
          : `Answers at most ${figures(indicator.tolerance, 6)} off what turned out to be true`;
      return `${right}, of sampled predictions with a label that are older than ${limitWords(indicator.maturityMs)}. Younger ones are pending.`;
    }
    case "label-timeliness":
      return `Sampled predictions whose label came within ${limitWords(indicator.maturityMs)}.`;
    case "primary-answered":
      return "Requests answered by the version that should, not by a later step of the cascade.";
    case "cost":
      return `Hours in which 1,000 predictions cost at most ${figures(indicator.mostPer1000, 6)}.`;
    case "estimated-quality":
      return "Answers that are right as far as calibrated scores tell: each counts by its probability. Needs a reference of the version.";
    case "drift-budget":
      return "Feature-hours inside their line: features that did not drift, of those that were tested, in each hour of traffic.";
    case "data-quality":
      return "Rows that keep the rules, the limits and the contracts of the endpoint's data, of sampled ones. Needs at least one of these.";
    case "posted":
      return `Counts that others post as "${indicator.source}".`;
    case "foreign":
      return "From a file whose source Leeway does not read: kept, but not evaluated.";
  }
}

/** Non-breaking, so that a number and its unit stay on one line. */
const nbsp = "\u00a0";
const units = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "min"],
  [1000, "s"],
] as const;

/** A limit as it was set, never rounded, since it is what was promised: "125 ms", "1,250 ms", "1 d 2 h 30 min". */
function limitWords(milliseconds: number): string {
  if (milliseconds % 1000 !== 0 || milliseconds === 0) return `${milliseconds.toLocaleString("en")}${nbsp}ms`;
  let rest = milliseconds;
  const words: string[] = [];
  for (const [size, name] of units) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) words.push(`${count}${nbsp}${name}`);
  }
  return words.join(" ");
}
