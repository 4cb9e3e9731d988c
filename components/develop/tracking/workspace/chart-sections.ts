import type { ChartedMetric } from "#server/develop/tracking/workspace/contract.ts";
import { metricKeys } from "../metrics/metric-groups.ts";

/** Charts whose metrics have a prefix in common. */
export interface ChartSection {
  /** "val", "train", "system"; "" for metrics without a prefix. */
  name: string;
  /** Metrics that are lines, then those with a single value. */
  metrics: ChartedMetric[];
}

/** Prefixes in front of an underscore are only recognised if they name a phase: "val_loss", but not "learning_rate". */
const phase = /^(train(?:ing)?|val(?:id(?:ation)?)?|test|eval|dev)[_.-]./i;

/** Returns the section of a metric: what stands in front of its first slash, or its phase. */
export function sectionOf(key: string): string {
  const slash = key.indexOf("/");
  if (slash > 0) return key.slice(0, slash);
  const [, name = ""] = phase.exec(key) ?? [];
  return name.toLowerCase();
}

/**
 * Returns the sections of the charts whose metrics contain the search text: validation first, then other results, training, metrics without
 * a prefix, and the machine last.
 */
export function chartSections(metrics: readonly ChartedMetric[], search: string): ChartSection[] {
  const byKey = new Map(metrics.map((metric) => [metric.key, metric]));
  const ordered = [...metricKeys(metrics, "model", search), ...metricKeys(metrics, "system", search)];
  const sections = Map.groupBy(ordered, sectionOf);
  return [...sections]
    .map(([name, keys]) => ({
      name,
      metrics: keys.flatMap((key) => byKey.get(key) ?? []).toSorted((a, b) => Number(b.isCurve) - Number(a.isCurve)),
    }))
    .toSorted((a, b) => rankOf(a.name) - rankOf(b.name) || (a.name < b.name ? -1 : 1));
}

function rankOf(name: string): number {
  if (/^val/i.test(name)) return 0;
  if (/^(test|eval|dev)/i.test(name)) return 1;
  if (/^train/i.test(name)) return 3;
  if (name === "system") return 5;
  return name === "" ? 4 : 2;
}

/** Name of the section without a prefix in an address. */
const unnamed = "~";

/** Returns the folded sections of an address; without any, only the machine's are folded. */
export function readFolded(text: string | undefined): string[] {
  if (text === undefined || text === "") return ["system"];
  if (text === "-") return [];
  return text.split(",").map((name) => (name === unnamed ? "" : name));
}

/** Writes the folded sections for an address; undefined for the default. */
export function writeFolded(folded: readonly string[]): string | undefined {
  if (folded.length === 1 && folded[0] === "system") return undefined;
  // A comma cannot be in the address of a section; such a section opens again.
  const names = folded.filter((name) => !name.includes(",")).map((name) => name || unnamed);
  return names.length === 0 ? "-" : names.join(",");
}
