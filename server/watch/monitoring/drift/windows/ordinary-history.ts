import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs, weekMs } from "#server/base/durations.ts";
import type { WindowLength } from "../../contract.ts";
import type { ProfiledFeature } from "../../state/contract.ts";
import { lengthMs } from "../evaluate/budget.ts";
import type { FeatureHistory } from "../evaluate/usual.ts";
import { type FittedFeature, fitUsual, historyAt } from "./fit-usual.ts";
import { knownWindows, type WindowKey } from "./window-rows.ts";

/** How far back windows are read, at most; they are retained not much longer. */
const reachMs: Record<WindowLength, number> = {
  "five-minutes": 2 * weekMs,
  hour: 5 * weekMs,
  day: 26 * weekMs,
  week: 104 * weekMs,
};
/** Of five minutes, every third is enough: they would be thousands. */
const everyMs: Record<WindowLength, number> = {
  "five-minutes": hourMs / 4,
  hour: hourMs,
  day: dayMs,
  week: dayMs,
};
/** What was read is used until the known time is longer by this part, but not longer than a day. */
const growth = 0.1;
/** Maximum number of counts of one read, and of fitted numbers in memory. */
const maxCounts = 3_000_000;
const maxFitted = 6_000_000;
/** Fitted numbers by cell: effects of weekdays, hours and hours of the week, and directions. */
const fittedByCell = 210;

interface Fitted {
  features: ReadonlyMap<string, FittedFeature>;
  /** Start of the first window and end of what was read, in milliseconds since 1970. */
  first: number;
  until: number;
  numbers: number;
}

interface Read {
  key: WindowKey;
  profile: { id: string; features: readonly ProfiledFeature[] };
  /** Start of the evaluated window. */
  before: Date;
  /** Time by whose hour of the week it is judged, in milliseconds since 1970; null if it has all hours. */
  at: number | null;
}

/**
 * How ordinary windows of a version vary under its reference (docs/spec/drift.md section 6.8), fitted to the windows of the last weeks and
 * cached in memory: new windows change little of it, so it is read again about once a day.
 */
export class OrdinaryHistory {
  private readonly fitted = new Map<string, Fitted>();
  private numbers = 0;

  /** Returns the history of each feature by name. */
  async read(ctx: Context, { key, profile, before, at }: Read): Promise<ReadonlyMap<string, FeatureHistory>> {
    const id = [key.endpointId, key.versionId, key.segment, key.length, profile.id].join(" ");
    let known = this.fitted.get(id);
    if (!known || !isFresh(known, key.length, before.getTime())) {
      known = await readFitted(ctx, { key, profile, before });
      this.keep(id, known);
    }
    return historyAt(known.features, { length: key.length, at, before: before.getTime() });
  }

  /** Drops the histories that were read first, so that all together stay within their memory. */
  private keep(id: string, known: Fitted): void {
    this.numbers += known.numbers - (this.fitted.get(id)?.numbers ?? 0);
    this.fitted.delete(id);
    this.fitted.set(id, known);
    for (const [oldest, { numbers }] of this.fitted) {
      if (this.numbers <= maxFitted || oldest === id) break;
      this.fitted.delete(oldest);
      this.numbers -= numbers;
    }
  }
}

function isFresh({ first, until }: Fitted, length: WindowLength, before: number): boolean {
  const grown = Math.min(dayMs - 1, growth * (until - first));
  return before - until <= (length === "day" || length === "week" ? 0 : Math.max(lengthMs[length] - 1, grown));
}

async function readFitted(ctx: Context, { key, profile, before }: Omit<Read, "at">): Promise<Fitted> {
  const cells = profile.features.reduce((sum, feature) => sum + storedBy(feature), 0);
  const windows = await knownWindows(ctx, {
    key,
    profileId: profile.id,
    from: new Date(before.getTime() - reachMs[key.length]),
    before,
    most: Math.max(1, Math.floor(maxCounts / Math.max(1, cells))),
    everySeconds: everyMs[key.length] / 1000,
  });
  const until = before.getTime();
  const numbers = cells * (fittedByCell + (key.length === "day" ? windows.length : 0));
  return { features: fitUsual(profile.features, windows, key.length), first: windows[0]?.at ?? until, until, numbers };
}

/** Numbers stored of a feature in a window: its counts, and its shares. */
function storedBy({ profile }: ProfiledFeature): number {
  return 4 + (profile.kind === "numeric" ? 10 : profile.levels.length + 1);
}
