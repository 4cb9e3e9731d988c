import { IconBox } from "@tabler/icons-react";
import { expect, test } from "vitest";
import type { Entry } from "./palette-entries.ts";
import type { FamilyKey } from "./palette-families.ts";
import { arrange, formatTotal } from "./palette-groups.ts";

const dayMs = 86_400_000;
const now = 100 * dayMs;
const entry = (id: string, family: FamilyKey, rank: number, more: Partial<Entry> = {}): Entry => {
  return { id, family, label: id, icon: IconBox, href: `/${id}`, run: () => {}, rank, facts: [], does: "", ...more };
};
const entries = [
  entry("roll-back", "actions", 0),
  entry("INC-2", "incidents", 3, { isOpenIncident: true }),
  entry("INC-1", "incidents", 3),
  entry("fraud-runs", "models", 2),
  entry("card-fraud", "endpoints", 2),
  entry("old-fraud", "endpoints", 1),
];
const everything = { entries, totals: {}, uncounted: new Set<FamilyKey>(), only: undefined, places: [], now };
const names = (groups: ReturnType<typeof arrange>) =>
  groups.map(({ label, entries: own }) => [label, ...own.map(({ id }) => id)]);

test("shows actions, then open incidents, then families by their best match", () => {
  expect(names(arrange(everything))).toEqual([
    ["Do", "roll-back"],
    ["Open incidents", "INC-2"],
    ["Endpoints and SLOs", "old-fraud", "card-fraud"],
    ["Models and runs", "fraud-runs"],
    ["Incidents and alerts", "INC-1"],
  ]);
});

test("prefers pages that the user opened lately, and pages above them", () => {
  const at = now - dayMs / 2;
  const places = ["/fraud-runs/7", "/card-fraud"].map((href) => ({ href, label: "", area: "", at }));
  expect(names(arrange({ ...everything, places })).slice(2)).toEqual([
    ["Endpoints and SLOs", "card-fraud", "old-fraud"],
    ["Models and runs", "fraud-runs"],
    ["Incidents and alerts", "INC-1"],
  ]);
});

test("shows four rows of each family and says how many there are", () => {
  const many = Array.from({ length: 6 }, (_, index) => entry(`run-${index}`, "models", 2));
  const [all] = arrange({ ...everything, entries: many, totals: { models: 50 } });
  expect([all?.entries.length, all?.total]).toEqual([4, 50]);
  const [one] = arrange({ ...everything, entries: many, totals: { models: 50 }, only: "models" });
  expect([one?.label, one?.entries.length]).toEqual(["Models and runs", 6]);
});

test("marks a total as a minimum where the server stopped counting", () => {
  const [runs] = arrange({ ...everything, totals: { models: 1_034 }, uncounted: new Set(["models"]), only: "models" });
  expect(runs && formatTotal(runs.total, runs.isUncounted)).toBe("1,034+");
  expect(formatTotal(12, false)).toBe("12");
});

test("restricts to one family, with its open incidents among the others", () => {
  expect(names(arrange({ ...everything, only: "incidents" }))).toEqual([["Incidents and alerts", "INC-2", "INC-1"]]);
  expect(names(arrange({ ...everything, only: "actions" }))).toEqual([["Actions", "roll-back"]]);
});

test("shows a page that matches better before actions on what matches worse", () => {
  const page = entry("rollouts", "pages", 1);
  const action = entry("create", "actions", 2);
  expect(names(arrange({ ...everything, entries: [action, page] }))).toEqual([
    ["Pages", "rollouts"],
    ["Do", "create"],
  ]);
});
