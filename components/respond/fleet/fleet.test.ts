import { expect, test } from "vitest";
import type { FleetRow } from "#server/respond/fleet/contract.ts";
import { describeFleet } from "./fleet-sentence.ts";
import { filterFleet, fleetHref, fleetViewOf } from "./views.ts";

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
  expect([fleetViewOf("drift"), fleetViewOf("nonsense"), fleetViewOf(undefined)]).toEqual(["drift", "all", "all"]);
  expect([fleetHref("all"), fleetHref("no-slo")]).toEqual(["/endpoints", "/endpoints?view=no-slo"]);
});
