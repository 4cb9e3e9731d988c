import { expect, test } from "vitest";
import type { QueueRow } from "../contract.ts";
import { pagePerson } from "./respond.ts";

const now = Date.UTC(2026, 4, 21, 2, 52);
const row = { groupId: "0d9a7bb4-3cf6-4a2b-8c71-2f4c9f1f0a01" } as QueueRow;
const next = {
  at: new Date(now + 4 * 60_000),
  step: 2,
  steps: 3,
  people: [{ userId: "", name: "Tomasz Wilk", email: "", until: null }],
  receivers: [],
  words: ["Tomasz Wilk, next on call"],
  policy: "Payments",
  waitMs: 600_000,
  following: null,
};

test("pages whoever the escalation pages next", () => {
  expect(pagePerson({ row, next, now })).toMatchObject({
    label: "Page Tomasz Wilk…",
    title: "Page Tomasz Wilk now?",
    off: null,
    consequences: [
      { label: "Notifies" },
      { label: "Escalation", value: "executes step 2 of 3 now, otherwise due in 4\u00a0min" },
    ],
  });
});

test("asks whom to page without an escalation, and pages no one without alerts", () => {
  expect(pagePerson({ row, next: null, now })).toMatchObject({ label: "Page…", title: "Page someone?", off: null });
  expect(pagePerson({ row: { ...row, groupId: null }, next: null, now }).off).toMatch(/no alerts/);
});
