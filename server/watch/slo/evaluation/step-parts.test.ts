import { expect, test } from "vitest";
import { SloDefinition, type SloState } from "../../objectives/contract.ts";
import type { SloPartState, StoredSlo } from "./slo-rows.ts";
import { stepParts } from "./step-parts.ts";

const now = 1_800_000_000_000;
const tier = (severity: "page" | "ticket", isFiring: boolean): SloState["tiers"][number] => ({
  tier: { severity, longMinutes: 60, shortMinutes: 5, factor: 14.4, forMinutes: 0 },
  factor: 14.4,
  isCapped: false,
  long: isFiring ? 20 : 1,
  short: isFiring ? 50 : 1,
  bad: 10,
  total: 1000,
  chance: null,
  passesGate: true,
  isFiring,
});
const state = (tiers: SloState["tiers"], at = now) =>
  ({ at, tiers, words: ["Failing."], absent: null, budget: {} }) as unknown as SloState;

function stored(indicator: object, partStates: SloPartState[] = []): StoredSlo {
  const rules = { tiers: [], absent: null };
  const definition = SloDefinition.parse({
    service: "shop",
    target: 0.999,
    period: { kind: "rolling", days: 30 },
    indicator,
    rules,
  });
  const about = { endpointId: null, endpoint: null, model: null, team: "growth", runbookId: null };
  return { id: "a", name: "shop-up", definition, partStates, ...about } as unknown as StoredSlo;
}

const posted = { kind: "posted", source: "shop" };
const labels = { alertname: "SLOBurn", severity: "page", service: "shop", slo: "shop-up", team: "growth" };

test("fires a severity with any of its tiers, notifies immediately, and again after a minute", () => {
  const first = stepParts(
    stored(posted),
    state([tier("page", false), tier("page", true), tier("ticket", false)]),
    "known",
  );
  expect(first.partStates.map(({ part, state }) => `${part} ${state}`)).toEqual(["page firing", "ticket inactive"]);
  expect(first.alerts).toMatchObject([{ labels, startsAt: new Date(now), generatorUrl: "/slos/shop-up" }]);
  expect(first.alerts[0]?.annotations).toMatchObject({ "leeway.internal/burn": "20", "leeway.internal/reach": "0.05" });
  const again = (ms: number) => {
    const firing = state([tier("page", true), tier("ticket", false)], now + ms);
    return stepParts(stored(posted, first.partStates), firing, "known").alerts;
  };
  expect(again(10_000)).toEqual([]);
  expect(again(60_000)).toMatchObject([{ labels, startsAt: new Date(now) }]);
  expect(again(60_000)[0]?.endsAt).toBeUndefined();
});

test("resolves an alert with its original labels even after the team has changed", () => {
  const { partStates } = stepParts(stored(posted), state([tier("page", true)]), "known");
  const moved = { ...stored(posted, partStates), team: "platform" };
  const over = stepParts(moved, state([tier("page", false)], now + 5000), "known");
  expect(over.alerts).toMatchObject([{ labels, startsAt: new Date(now), endsAt: new Date(now + 5000) }]);
  expect(over.partStates).toMatchObject([{ part: "page", state: "inactive" }]);
});

test("resolves deleted rules, ignores stale counts, and resolves everything of a paused SLO", () => {
  const { partStates } = stepParts(stored(posted), state([tier("page", true)]), "known");
  const edited = stepParts(stored(posted, partStates), state([tier("ticket", true)], now + 5000), "known");
  expect(edited.partStates.map(({ part, state }) => `${part} ${state}`)).toEqual(["ticket firing"]);
  expect(edited.alerts.map(({ labels, endsAt }) => [labels.severity, endsAt !== undefined])).toEqual([
    ["ticket", false],
    ["page", true],
  ]);
  const stale = stepParts(stored(posted, partStates), state([tier("page", false)], now + 5000), "stale");
  expect(stale).toMatchObject({ alerts: [], partStates: [{ state: "firing" }] });
  const silent = stepParts(stored(posted, partStates), state([tier("page", true)], now + 5000), "silent");
  expect(silent).toMatchObject({ alerts: [{ endsAt: new Date(now + 5000) }], partStates: [{ state: "inactive" }] });
});

test("opens only tickets for estimates, whatever their rules", () => {
  const estimated = stored({ kind: "estimated-quality", endpointId: "00000000-0000-4000-8000-000000000000" });
  const { alerts } = stepParts(estimated, state([tier("page", true), tier("ticket", true)]), "known");
  expect(alerts.map(({ labels }) => labels.severity)).toEqual(["ticket"]);
});

test("names the effect in a title that stays until the alert ends", () => {
  const limit = { kind: "latency", endpointId: crypto.randomUUID(), withinMs: 250 };
  const slo = { ...stored(limit), endpoint: "card-fraud", deployed: 32 };
  const first = stepParts(slo, state([tier("page", true)]), "known");
  expect(first.alerts[0]?.annotations?.summary).toBe("card-fraud: 5% of requests over 250\u00a0ms after v32");
  const worse = state([{ ...tier("page", true), short: 900 }], now + 60_000);
  const later = { ...slo, deployed: null, partStates: first.partStates };
  const again = stepParts(later, worse, "known");
  expect(again.alerts[0]?.annotations?.summary).toBe("card-fraud: 5% of requests over 250\u00a0ms after v32");
  const over = stepParts(
    { ...later, partStates: again.partStates },
    state([tier("page", false)], now + 90_000),
    "known",
  );
  expect(over.alerts[0]?.annotations?.summary).toBe("card-fraud: 5% of requests over 250\u00a0ms after v32");
  const next = stepParts({ ...later, partStates: over.partStates }, { ...worse, at: now + 120_000 }, "known");
  expect(next.alerts[0]?.annotations?.summary).toBe("card-fraud: 90% of requests over 250\u00a0ms");
});

test("counts minutes in the title of an SLO of time slices, whose budget they spend", () => {
  const slo = stored({ kind: "latency", endpointId: crypto.randomUUID(), withinMs: 250 });
  const budgeting = { method: "timeslices" as const, sliceMinutes: 1, sliceTarget: 0.95 };
  const definition = { ...slo.definition, budgeting };
  const { alerts } = stepParts({ ...slo, definition }, state([tier("page", true)]), "known");
  expect(alerts[0]?.annotations?.summary).toBe("shop: 5% of minutes miss the target");
});

test("tells one share of the traffic in a page and a ticket that fire together", () => {
  const ticket = {
    ...tier("ticket", true),
    tier: { ...tier("ticket", true).tier, longMinutes: 4320, shortMinutes: 360 },
  };
  const { alerts } = stepParts(stored(posted), state([tier("page", true), { ...ticket, long: 5, short: 7 }]), "known");
  const reaches = alerts.map(({ annotations }) => annotations?.["leeway.internal/reach"]);
  expect(reaches).toEqual(["0.05", "0.05"]);
  expect(new Set(alerts.map(({ annotations }) => annotations?.summary))).toEqual(
    new Set(["shop: 5% of events miss the target"]),
  );
  // Alone, the ticket tells of its own window: the last minutes may be well again.
  const alone = stepParts(stored(posted), state([tier("page", false), { ...ticket, long: 5, short: 7 }]), "known");
  expect(alone.alerts[0]?.annotations?.["leeway.internal/reach"]).toBe("0.007");
});

test("states the share of both windows in a title while the short one holds next to nothing", () => {
  const availability = { kind: "availability", endpointId: "0d9a7bb4-3cf6-4a2b-8c71-2f4c9f1f0a01" };
  const titleOf = (shortTotal: number) => {
    const read = state([{ ...tier("page", true), short: 500, long: 120, shortTotal }], now);
    return stepParts(stored(availability), read, "known").alerts[0]?.annotations?.summary;
  };
  expect(titleOf(2)).toContain("12% of requests fail");
  expect(titleOf(280)).toContain("50% of requests fail");
});

test("raises the title of a firing alert with the share, unless someone has acknowledged it", () => {
  const availability = { kind: "availability", endpointId: "0d9a7bb4-3cf6-4a2b-8c71-2f4c9f1f0a01" };
  const failing = (short: number, at: number, long = short) => state([{ ...tier("page", true), short, long }], at);
  const { partStates, alerts } = stepParts(stored(availability), failing(50, now), "known");
  const fired = alerts[0]?.annotations?.summary;
  expect(fired).toContain("5% of requests fail");
  const titleAt = (short: number, raises: boolean, long = short) =>
    stepParts(stored(availability, partStates), failing(short, now + 60_000, long), "known", raises).alerts[0]
      ?.annotations?.summary;
  expect(titleAt(200, true)).toBe(fired?.replace("5%", "20%"));
  expect(titleAt(10, true)).toBe(fired);
  // The first seconds of a minute, in which half of a few requests fail, are no rise.
  expect(titleAt(500, true, 52)).toBe(fired);
  expect(titleAt(500, true, 120)).toBe(fired?.replace("5%", "12%"));
  expect(titleAt(200, false)).toBe(fired);
});
