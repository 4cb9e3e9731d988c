import { expect, test } from "vitest";
import { seededRandom } from "#server/stats/random.ts";
import { type ChangeEvent, countChanges } from "./count-changes.ts";

const event = (kind: ChangeEvent["kind"], more: Partial<ChangeEvent> = {}): ChangeEvent => ({
  endpoint: "digits",
  kind,
  released: "digits v2",
  isRollout: false,
  hasIncident: false,
  ...more,
});

test.each<[string, ChangeEvent[], { total: number; failed: number; rolledBack: number }]>([
  ["nothing", [], { total: 0, failed: 0, rolledBack: 0 }],
  ["a release", [event("released")], { total: 1, failed: 0, rolledBack: 0 }],
  ["a release with an incident", [event("released", { hasIncident: true })], { total: 1, failed: 1, rolledBack: 0 }],
  [
    "a release with an incident that was rolled back, once",
    [event("released", { hasIncident: true }), event("rolled-back", { released: "digits v1" })],
    { total: 1, failed: 1, rolledBack: 1 },
  ],
  [
    "a canary that was rolled back",
    [event("rolled-back", { isRollout: true })],
    { total: 1, failed: 1, rolledBack: 1 },
  ],
  [
    "a canary beside an earlier release",
    [event("released", { released: "digits v1" }), event("rolled-back", { isRollout: true })],
    { total: 2, failed: 1, rolledBack: 1 },
  ],
  [
    "a rollback after promotion",
    [event("released"), event("rolled-back", { isRollout: true })],
    { total: 1, failed: 1, rolledBack: 1 },
  ],
  ["a rollback of an earlier release", [event("rolled-back")], { total: 1, failed: 1, rolledBack: 1 }],
  [
    "endpoints apart",
    [event("released"), event("rolled-back", { endpoint: "other" })],
    { total: 2, failed: 1, rolledBack: 1 },
  ],
])("counts %s", (_, events, counts) => {
  expect(countChanges(events)).toEqual(counts);
});

test("never has fewer failed changes than rollbacks, nor more than changes", () => {
  const random = seededRandom(17);
  for (let round = 0; round < 200; round += 1) {
    const events = Array.from({ length: 30 }, () =>
      event(random() < 0.5 ? "released" : "rolled-back", {
        endpoint: `e${Math.floor(random() * 3)}`,
        released: `v${Math.floor(random() * 4)}`,
        isRollout: random() < 0.5,
        hasIncident: random() < 0.3,
      }),
    );
    const { total, failed, rolledBack } = countChanges(events);
    expect(rolledBack).toBe(events.filter(({ kind }) => kind === "rolled-back").length);
    expect(failed).toBeGreaterThanOrEqual(rolledBack);
    expect(total).toBeGreaterThanOrEqual(failed);
  }
});
