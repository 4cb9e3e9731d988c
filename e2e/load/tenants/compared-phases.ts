import { median } from "#server/stats/robust.ts";
import { atLeast, atMost, type Row } from "../report.ts";
import type { Measured } from "./measure.ts";

/** Maximum of a tenant's number beside the other tenant, by its number alone. */
const maxP99Ratio = 1.5;
/** Loading a version takes a core for about a second, so it varies more. */
const maxLoadRatio = 2;

export interface Phase extends Measured {
  phase: "alone" | "hanging" | "slow" | "busy";
  /** Until another version of the tenant was loaded; the limit if it was not. */
  loadMs: number;
  /** Of the other tenant at the end: models that were loading, or requests in flight and tasks. */
  neighbour: number;
}

/** A phase between the phases alone before and after it. */
export interface Compared {
  before: Phase;
  beside: Phase;
  after: Phase;
}

/**
 * Returns the rows for a tenant beside others. The peer of 10 s runs is a process outside Leeway that uses one core.
 * @param compared phases, whose medians decide
 * @param runSeconds of the slow model's first run in each phase
 */
export function rowsOf(compared: readonly Compared[], runSeconds: readonly number[]): Row[] {
  const besides = compared.map(({ beside }) => beside);
  const all = [...besides, ...compared.map(({ before }) => before), ...compared.slice(-1).map(({ after }) => after)];
  const ratio = (phase: Phase["phase"], read: (measured: Phase) => number) => {
    const own = compared.filter(({ beside }) => beside.phase === phase);
    return median(own.map(({ before, beside, after }) => read(beside) / Math.sqrt(read(before) * read(after))));
  };
  const rows: Row[] = [];
  for (const phase of ["hanging", "slow"] as const) {
    const p99 = { name: `${phase}: p99`, unit: "of alone", leeway: ratio(phase, ({ p99Ms }) => p99Ms) };
    const load = { name: `${phase}: time to load`, unit: "of alone", leeway: ratio(phase, ({ loadMs }) => loadMs) };
    const busy = phase === "slow" ? ratio("busy", ({ p99Ms }) => p99Ms) : undefined;
    rows.push(atMost(maxP99Ratio, p99, busy), atMost(maxLoadRatio, load));
  }
  const least = (of: readonly Phase[], read: (measured: Phase) => number) => Math.min(...of.map(read));
  for (const phase of ["alone", "hanging", "slow"] as const) {
    const own = all.filter((each) => each.phase === phase);
    const failed = own.reduce((sum, each) => sum + each.failed, 0);
    rows.push(
      atLeast(1, {
        name: `${phase}: gateway ready`,
        unit: "of polls",
        leeway: least(own, (each) => each.gatewayReady),
      }),
      atLeast(1, { name: `${phase}: model ready`, unit: "of polls", leeway: least(own, (each) => each.modelReady) }),
      atMost(0, { name: `${phase}: failed requests`, unit: "requests", leeway: failed }),
    );
  }
  const neighbour = (phase: Phase["phase"]) =>
    least(
      besides.filter((each) => each.phase === phase),
      (each) => each.neighbour,
    );
  rows.push(
    atLeast(1, { name: "hanging: models loading at the end", unit: "models", leeway: neighbour("hanging") }),
    atLeast(100, { name: "slow: requests in flight and tasks", unit: "requests", leeway: neighbour("slow") }),
    atLeast(5, { name: "slow: first run", unit: "s", leeway: Math.min(...runSeconds) }),
  );
  return rows;
}
