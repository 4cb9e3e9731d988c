import { expect, test } from "vitest";
import { runTabs } from "./run-tabs.ts";
import { readRunView } from "./run-view.ts";

const experiment = {
  id: 7,
  name: "parcels",
  ownerName: "",
  note: "",
  runs: 9,
  running: 1,
  silent: 1,
  failed: 2,
  unhealthy: 0,
  lastActivityAt: 1,
};
const saved = [
  { id: "v1", name: "Good", isOwn: false, createdBy: "", updatedAt: 1, state: { filter: "params.lr = '1'" } },
];
const labels = (tabs: ReturnType<typeof runTabs>) => tabs.map(({ label }) => label);
const current = (tabs: ReturnType<typeof runTabs>) => tabs.filter((tab) => tab.current).map(({ label }) => label);

test("shows the tab for runs with findings while there are any or it is selected", () => {
  const plain = readRunView({});
  expect(labels(runTabs(experiment, plain, saved))).toEqual(["All runs", "Running", "Failed", "Good", "Deleted"]);
  expect(labels(runTabs({ ...experiment, unhealthy: 3 }, plain, []))).toContain("Needs attention");
  expect(current(runTabs(experiment, readRunView({ q: "health IS NOT NULL" }), []))).toEqual(["Needs attention"]);
});

test("marks a saved view as current, even if its filter equals another tab", () => {
  expect(current(runTabs(experiment, readRunView({ view: "v1" }, saved), saved))).toEqual(["Good"]);
  expect(current(runTabs(experiment, readRunView({ view: "v1", q: "" }, saved), saved))).toEqual(["Good"]);
  expect(current(runTabs(experiment, readRunView({ trash: "1" }), saved))).toEqual(["Deleted"]);
});

test("keeps order and columns in status tabs, and drops the selection", () => {
  const view = readRunView({ sort: "-started", cols: "status,by", sel: "r1", page: "2", view: "v1", q: "" });
  expect(runTabs(experiment, view, saved)[0]?.href).toBe("/experiments/7?sort=-started&cols=status%2Cby");
});
