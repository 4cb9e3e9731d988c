import { expect, test } from "vitest";
import { minuteMs } from "#server/base/durations.ts";
import { type PreconditionFacts, preconditions } from "./preconditions.ts";

const now = 1_780_000_000_000;
const fine: PreconditionFacts = {
  now,
  endpoint: { name: "card-fraud", isArchived: false, isServing: true },
  isFrozen: false,
  isRollingOut: false,
  incidents: [],
  pages: 0,
  budgets: [
    { sloId: "a", name: "card-fraud", remaining: 0.93 },
    { sloId: "b", name: "quality", remaining: null },
  ],
  otherGameDay: null,
  owner: { name: "Ines", isMember: true, seenAt: now - 4 * minuteMs },
  onCall: { id: "t", name: "Tomasz" },
  routes: [
    { receiver: "on-call", isReachable: true, isMuted: false },
    { receiver: "archive", isReachable: false, isMuted: false },
  ],
  share: { share: 0.1, max: 0.1 },
  faultProblem: "",
};

test("says what was found where everything holds", () => {
  const found = preconditions(fine);
  expect(found.every(({ isMet, blocked }) => isMet && blocked === "")).toBe(true);
  expect(Object.fromEntries(found.map(({ key, found }) => [key, found]))).toMatchObject({
    "rollout-or-freeze": "none",
    budget: "93% left",
    owner: "4\u00a0min ago",
    "on-call": "Tomasz",
    notification: "1",
    share: "10%",
  });
});

test.each<[string, Partial<PreconditionFacts>, string]>([
  ["endpoint", { endpoint: { ...fine.endpoint, isServing: false } }, "card-fraud serves no version"],
  ["rollout-or-freeze", { isFrozen: true }, "card-fraud is frozen"],
  ["rollout-or-freeze", { isRollingOut: true }, "a rollout runs on card-fraud"],
  ["incident-or-page", { incidents: [7] }, "INC-7 is open"],
  ["incident-or-page", { pages: 2 }, "2 pages of card-fraud fire."],
  [
    "budget",
    { budgets: [...fine.budgets, { sloId: "c", name: "late", remaining: 0.36 }] },
    "Blocked: 36% of the late budget left, min 50%.",
  ],
  ["other-game-day", { otherGameDay: 3 }, "GD-3 is running"],
  ["owner", { owner: { ...fine.owner, isMember: false } }, "Ines is not a member"],
  ["owner", { owner: { ...fine.owner, seenAt: now - 11 * minuteMs } }, "not signed in"],
  ["on-call", { onCall: null }, "no one is on call"],
  ["quiet-hours", { routes: [{ receiver: "on-call", isReachable: true, isMuted: true }] }, "muted at this time"],
  ["notification", { routes: [] }, "reach no receiver"],
  ["share", { share: { share: 0.3, max: 0.1 } }, "30% of requests, max 10% unless an admin owns it."],
  ["fault", { faultProblem: "No job runs." }, "Blocked: No job runs."],
])("blocks by %s: %o", (key, change, words) => {
  const unmet = preconditions({ ...fine, ...change }).filter(({ isMet }) => !isMet);
  expect(unmet.map(({ key }) => key)).toEqual([key]);
  expect(unmet[0]?.blocked).toContain(words);
});

test("asks a fault without a share for none", () => {
  expect(preconditions({ ...fine, share: null }).some(({ key }) => key === "share")).toBe(false);
});
