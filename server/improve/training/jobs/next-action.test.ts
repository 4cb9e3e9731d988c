import { expect, test } from "vitest";
import { seededRandom } from "#server/stats/random.ts";
import { causeOfEnd } from "../attempts/cause-of-end.ts";
import type { Seen } from "../contract.ts";
import { type JobView, nextAction } from "./next-action.ts";

const now = 1_000_000_000;
const at = new Date(now - 1_000).toISOString();
const view = (changes: Partial<JobView> = {}): JobView => ({
  state: "running",
  stopRequest: null,
  hasHandle: true,
  launchedAt: now - 3_600_000,
  seen: { state: "running", at },
  attempt: { startedAt: now - 3_000_000, heartbeatAt: now - 5_000, report: null },
  hearingSince: 0,
  ...changes,
});
const silentFor = (seconds: number) => ({ startedAt: 0, heartbeatAt: now - seconds * 1_000, report: null });
const seen = (changes: Partial<Seen>): Seen => ({ state: "running", at, ...changes });
/** What a round does, with the cause where it ends an attempt. */
function acts(changes: Partial<JobView>): string {
  const action = nextAction(view(changes), now);
  if (action.kind === "wait") return action.isSilent ? "silent" : "wait";
  if (action.kind !== "conclude") return action.kind;
  return `${causeOfEnd(action.end).cause}${action.isFenced ? ", fenced" : ""}`;
}
const cancelled = { cause: "cancelled" } as const;

test.each<[string, Partial<JobView>, string]>([
  ["a job that runs", {}, "wait"],
  ["missing heartbeats", { attempt: silentFor(40) }, "silent"],
  [
    "missing heartbeats, and an engine that says it ended",
    { attempt: silentFor(91), seen: seen({ state: "ended", code: 0 }) },
    "lost, fenced",
  ],
  ["the same with its code", { attempt: silentFor(91), seen: seen({ state: "ended", code: 1 }) }, "lost, fenced"],
  ["the same, asked", { attempt: silentFor(91), seen: seen({ state: "ended", code: 143 }) }, "preempted, fenced"],
  [
    "the same, out of memory",
    { attempt: silentFor(91), seen: seen({ state: "ended", code: 137, cause: "out-of-memory" }) },
    "out-of-memory, fenced",
  ],
  ["a lost node", { attempt: silentFor(91), seen: seen({ state: "gone" }) }, "lost, fenced"],
  ["an engine that says running, a wrapper that says nothing", { attempt: silentFor(200) }, "silent"],
  ["the same for five minutes", { attempt: silentFor(301) }, "lost, fenced"],
  ["the same, after Leeway itself was away", { attempt: silentFor(3_600), hearingSince: now - 5_000 }, "wait"],
  ["the same, 40 s later", { attempt: silentFor(3_640), hearingSince: now - 45_000 }, "silent"],
  ["the same, five minutes later", { attempt: silentFor(3_900), hearingSince: now - 301_000 }, "lost, fenced"],
  [
    "a lost node, after Leeway itself was away",
    { attempt: silentFor(3_600), hearingSince: now - 60_000, seen: seen({ state: "gone" }) },
    "silent",
  ],
  [
    "the same, 90 s after it came back",
    { attempt: silentFor(3_600), hearingSince: now - 91_000, seen: seen({ state: "gone" }) },
    "lost, fenced",
  ],
  ["an engine that says ended, while heartbeats come", { seen: seen({ state: "ended", code: 0 }) }, "wait"],
  [
    "a report, whatever the engine says",
    {
      attempt: { ...silentFor(1), report: { code: 0, signal: null, wasTerminated: false, ranOutOfMemory: false, at } },
    },
    "finished",
  ],
  ["a request to stop", { stopRequest: cancelled }, "stop"],
  [
    "a request to stop, and an engine that lost it",
    { stopRequest: cancelled, attempt: silentFor(91), seen: seen({ state: "gone" }) },
    "cancelled, fenced",
  ],
  [
    "machines that do not all come, while rank 0 waits for them",
    { seen: seen({ state: "starting", cause: "never-started" }) },
    "never-started, fenced",
  ],
  [
    "the same before rank 0 has started",
    { state: "submitting", attempt: null, seen: seen({ state: "starting", cause: "never-started" }) },
    "never-started, fenced",
  ],
  [
    "the same, asked to stop",
    { stopRequest: cancelled, seen: seen({ state: "starting", cause: "never-started" }) },
    "stop",
  ],
  ["a waiting job", { state: "waiting", hasHandle: false, attempt: null, seen: null }, "wait"],
  [
    "a waiting job that is asked to stop",
    { state: "waiting", hasHandle: false, attempt: null, seen: null, stopRequest: cancelled },
    "cancelled",
  ],
  [
    "a crash before the submit, or after it",
    { state: "submitting", hasHandle: false, attempt: null, seen: null },
    "submit",
  ],
  [
    "the same, asked to stop",
    { state: "submitting", hasHandle: false, attempt: null, seen: null, stopRequest: cancelled },
    "cancelled, fenced",
  ],
  ["a job that the engine queues", { state: "submitting", attempt: null, seen: seen({ state: "waiting" }) }, "wait"],
  [
    "the same, asked to stop",
    { state: "submitting", attempt: null, seen: seen({ state: "waiting" }), stopRequest: cancelled },
    "cancelled, fenced",
  ],
  [
    "one that its engine has begun to start, asked to stop",
    { state: "submitting", attempt: null, seen: seen({ state: "running" }), stopRequest: cancelled },
    "cancelled, fenced",
  ],
  [
    "a launch that ended before its wrapper started",
    { state: "submitting", attempt: null, seen: seen({ state: "ended", code: 0 }) },
    "never-started, fenced",
  ],
  [
    "a command that is not there",
    { state: "submitting", attempt: null, seen: seen({ state: "ended", code: 127 }) },
    "never-started, fenced",
  ],
  [
    "a launch that the engine does not know yet",
    { state: "submitting", attempt: null, seen: seen({ state: "gone" }), launchedAt: now - 10_000 },
    "wait",
  ],
  [
    "a launch that the engine forgot",
    { state: "submitting", attempt: null, seen: seen({ state: "gone" }) },
    "lost, fenced",
  ],
  [
    "a launch that runs without a wrapper for 10 minutes",
    { state: "submitting", attempt: null, seen: seen({ at: new Date(now - 600_000).toISOString() }) },
    "never-started, fenced",
  ],
  [
    "the same, after Leeway itself was away",
    {
      state: "submitting",
      attempt: null,
      seen: seen({ at: new Date(now - 600_000).toISOString() }),
      hearingSince: now - 60_000,
    },
    "wait",
  ],
  ["a launch that has just begun to run, after an hour at its engine", { state: "submitting", attempt: null }, "wait"],
])("%s", (_, changes, expected) => {
  expect(acts(changes)).toBe(expected);
});

test("no state of an open job waits for ever once its engine and its wrapper are silent", () => {
  const random = seededRandom(3);
  const pick = <Of>(values: readonly Of[]): Of => values[Math.floor(random() * values.length)] as Of;
  for (let round = 0; round < 2_000; round += 1) {
    const changes: Partial<JobView> = {
      state: pick(["submitting", "running"] as const),
      stopRequest: pick([null, cancelled]),
      hasHandle: pick([true, false]),
      seen: pick([null, seen({}), seen({ state: "ended", code: pick([0, 1, 137]) }), seen({ state: "gone" })]),
      attempt: pick([silentFor(3_600), silentFor(3_600 * 24)]),
    };
    expect(nextAction(view(changes), now).kind).toMatch(/conclude|submit/);
  }
});
