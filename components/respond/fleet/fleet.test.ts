import { expect, test } from "vitest";
import type { FleetRow } from "#server/respond/fleet/contract.ts";
import { describeFleet } from "./fleet-sentence.ts";
import { budgetLeft, describeTarget } from "./fleet-text.ts";
import { filterFleet, fleetHref, ownTeamsOf, readFleetAddress } from "./views.ts";

function row(name: string, kind: FleetRow["state"]["kind"], more: Partial<FleetRow> = {}): FleetRow {
  const state = { kind, word: kind, reason: null };
  return { name, state, need: "healthy", worst: null, rollout: null, next: null, ...more } as FleetRow;
}

const approval = { hold: { code: "needs-approval", words: "", since: 0 } } as FleetRow["rollout"];

test("says which endpoints need someone, and how many are healthy", () => {
  const rows = [
    row("card-fraud", "failing"),
    row("a", "recovering"),
    row("b", "recovering"),
    row("c", "healthy", { rollout: approval }),
  ];
  expect(describeFleet(rows)?.replaceAll("\u00a0", " ")).toBe(
    "card-fraud is failing, 2 endpoints are recovering and 1 rollout is awaiting approval. 1 of 4 are healthy.",
  );
  expect(describeFleet([row("a", "healthy")])).toBe("All endpoints are healthy.");
  expect(describeFleet([])).toBeUndefined();
});

test("filters by view, and keeps the view in the address", () => {
  const rows = [
    row("burnt", "degraded", { worst: { budget: { remaining: -0.2 } } as FleetRow["worst"] }),
    row("unmeasured", "no-slo"),
    row("stopped", "stopped"),
    row("moving", "healthy", { rollout: approval, worst: { budget: { remaining: 0.4 } } as FleetRow["worst"] }),
    row("failing", "failing", { need: "action" }),
  ];
  const names = (view: Parameters<typeof filterFleet>[1]) => filterFleet(rows, view).map(({ name }) => name);
  expect(names("needs-me")).toEqual(["failing"]);
  expect(names("exhausted")).toEqual(["burnt"]);
  expect(names("rolling-out")).toEqual(["moving"]);
  expect(names("no-slo")).toEqual(["unmeasured", "failing"]);
  expect(names("all")).toHaveLength(5);
  const team = "0d9a7bb4-3cf6-4a2b-8c71-2f4c9f1f0a01";
  const payments = { id: team, name: "Payments" };
  expect(
    filterFleet([...rows, row("own", "healthy", { team: payments })], "all", team).map(({ name }) => name),
  ).toEqual(["own"]);
  expect(
    ownTeamsOf([row("own", "healthy", { team: payments }), row("none", "healthy", { team: null })], [team]),
  ).toEqual([payments]);
  expect([
    readFleetAddress({ view: "drift" }),
    readFleetAddress({ view: "nonsense", q: " burn > 1 " }),
    readFleetAddress({ team }),
  ]).toEqual([
    { view: "drift", q: "" },
    { view: "all", q: "burn > 1" },
    { view: "all", team, q: "" },
  ]);
  expect([
    fleetHref({ view: "all" }),
    fleetHref({ view: "no-slo", q: "a" }),
    fleetHref({ team }, { healthy: "all" }),
  ]).toEqual(["/endpoints", "/endpoints?view=no-slo&q=a", `/endpoints?team=${team}&healthy=all`]);
});

test("says how long a budget lasts while it is watched, and its share otherwise", () => {
  const now = Date.UTC(2026, 4, 21);
  const worst = (state: "watch" | "on-target", remaining: number | null, exhaustedAt: number | null = null) =>
    ({ condition: { state }, budget: { remaining, exhaustedAt } }) as FleetRow["worst"];
  const words = [
    worst("watch", 0.2, now + 2 * 3_600_000),
    worst("on-target", 0.78, now + 9e9),
    worst("watch", -0.1),
    worst("on-target", null),
    null,
  ].map((one) => budgetLeft(one, now).replaceAll("\u00a0", " "));
  expect(words).toEqual(["2 h", "78%", "exhausted", "–", "–"]);
  expect(describeTarget({ target: 0.99, withinMs: 250 })).toBe("SLO: 99% within 250\u00a0ms");
});
