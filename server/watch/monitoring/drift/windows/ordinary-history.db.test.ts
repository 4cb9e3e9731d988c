import { expect, test } from "vitest";
import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs } from "#server/base/durations.ts";
import { seededRandom } from "#server/stats/random.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import {
  isWeekend,
  type SeasonCase,
  SimulatedEndpoint,
} from "../../../../testing/fixtures/monitoring/drift/seasonal-traffic.ts";
import { normals } from "../../../../testing/fixtures/monitoring/drift/testing.ts";
import { countRows, newWatched, type Watched } from "../../../../testing/fixtures/monitoring/testing.ts";
import type { WindowLength } from "../../contract.ts";
import type { FeatureVerdict } from "../contract.ts";
import { getDrift } from "../report/get-drift.ts";
import { driftFindings } from "./drift-findings.ts";
import { OrdinaryHistory } from "./ordinary-history.ts";
import { alarmedWindows, type EvaluatedWindow, keepWindow } from "./window-rows.ts";

/** From the fourth week on 0.02 standard deviations a day; the simulation begins on 5 January 2026. */
const slowly = (at: number) => 0.02 * Math.max(0, (at - Date.UTC(2026, 0, 25)) / dayMs);
const isSlow = ({ slow, state }: FeatureVerdict) => slow !== undefined && state !== "drift";

const weekends: SeasonCase = { name: "weekends", rows: 5000, meanAt: (at) => (isWeekend(at) ? 0.3 : 0) };

/** Stores the windows of a simulated endpoint as those of a watched one, the last of which ends at `end`. */
async function keep(
  ctx: Context,
  { endpointId, versionId, profileId }: Watched,
  simulated: {
    length: WindowLength;
    count: number;
    end: number;
    next: () => Pick<EvaluatedWindow, "verdict" | "features">;
  },
) {
  const { length, count, end, next } = simulated;
  const windowMs = length === "day" ? dayMs : hourMs;
  for (let back = count; back >= 1; back -= 1) {
    const start = new Date(end - back * windowMs);
    await keepWindow(ctx, { endpointId, versionId, profileId, segment: "", length, start, rows: 5000, ...next() });
  }
}

test(
  "learns what each hour of the week usually is from stored windows, within the reach of their length",
  inWorkspace(async (ctx) => {
    const endpoint = new SimulatedEndpoint(weekends, { seed: 1, numbers: 2 });
    const watched = await newWatched(ctx, { features: endpoint.profiled, rows: 100_000 });
    // The simulation begins on a Monday, too.
    const end = Date.UTC(2026, 3, 20);
    await keep(ctx, watched, { length: "hour", count: 6 * 168, end, next: () => endpoint.next() });
    const { endpointId, versionId, profileId } = watched;
    const history = new OrdinaryHistory();
    const read = (hour: number) =>
      history.read(ctx, {
        key: { endpointId, versionId, segment: "", length: "hour" },
        profile: { id: profileId, features: watched.features },
        before: new Date(end + hour * hourMs),
        at: end + hour * hourMs,
      });
    const known = (await read(0)).get("number 0");
    expect(known?.windows).toBe(4 * 168);
    expect(known?.days).toEqual([]);
    expect(known?.usual.missing?.level).toBeCloseTo(0.02, 2);
    const effects = known?.usual.distribution?.effects.days.values ?? [];
    const topBin = effects.map((effect) => effect[9] ?? 0);
    expect(topBin.map((effect) => effect > 0.02)).toEqual([false, false, false, false, false, true, true]);
    // New windows change little: what was read serves for a day, and then is read again.
    const [later, nextDay] = [(await read(20)).get("number 0"), (await read(24)).get("number 0")];
    expect(later?.usual).toBe(known?.usual);
    expect(nextDay?.usual).not.toBe(known?.usual);
    const elsewhere = await history.read(ctx, {
      key: { endpointId, versionId, segment: "carrier=UA", length: "hour" },
      profile: { id: profileId, features: watched.features },
      before: new Date(end),
      at: end,
    });
    expect(elsewhere.get("number 0")).toMatchObject({ windows: 0, usual: { distribution: undefined } });
  }),
);

test(
  "opens a ticket for a slow move that no window shows, and shows it with the feature",
  inWorkspace(async (ctx) => {
    const moving: SeasonCase = { name: "slow", rows: 85, rowsByUser: 10, meanAt: (at) => slowly(at) };
    const endpoint = new SimulatedEndpoint(moving, { seed: 2, numbers: 2, length: "day" });
    const watched = await newWatched(ctx, { features: endpoint.profiled, rows: 100_000 });
    const now = Math.floor(Date.now() / dayMs) * dayMs + hourMs;
    let window = endpoint.next();
    for (let day = 1; day < 60 && !window.features.some(isSlow); day += 1) window = endpoint.next();
    const name = window.features.find(isSlow)?.name ?? "";
    await keep(ctx, watched, { length: "day", count: 1, end: now - hourMs, next: () => window });
    const alarmed = await alarmedWindows(ctx, watched.endpointId, now);
    const findings = driftFindings(alarmed).filter(({ kind }) => kind === "slow drift");
    expect(findings).toMatchObject([{ key: `slow:feature:${name}`, severity: "ticket", feature: name }]);
    expect(findings[0]?.words).toMatch(
      /^number \d drifts slowly: up 0\.\d+ standard deviations since \d+ \w+, a little each day\.$/,
    );
    await countRows(ctx, watched, now - 2 * hourMs, { [name]: normals(seededRandom(3), 500) });
    const { features } = await getDrift(ctx, { endpointId: watched.endpointId });
    expect(features[0]).toMatchObject({ name, slow: { level: null, shift: expect.any(Number) } });
    expect(features.filter(({ slow }) => slow)).toHaveLength(1);
  }),
);
