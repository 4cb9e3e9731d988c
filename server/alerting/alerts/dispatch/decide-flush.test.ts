import { expect, test } from "vitest";
import { hourMs } from "#server/base/durations.ts";
import type { NotificationEntry } from "../contract.ts";
import { decideFlush, type FlushFacts } from "./decide-flush.ts";
import { firstFlush, flushTime, nextRepeat } from "./flush-times.ts";

const facts = (change: Partial<FlushFacts>): FlushFacts => ({
  firing: [],
  resolved: [],
  entry: null,
  sendsResolved: true,
  repeatIntervalMs: 4 * hourMs,
  acknowledgement: null,
  now: 0,
  ...change,
});
const entry = (firing: string[], resolved: string[] = [], at = 0): NotificationEntry => ({ firing, resolved, at });

test.each<[string, Partial<FlushFacts>, [number, string | null, boolean]]>([
  ["first", { firing: ["a"] }, [1, "first notification", true]],
  ["over before told", { resolved: ["a"] }, [2, null, false]],
  ["fires after all was over", { firing: ["a"], entry: entry([], ["a"]) }, [3, "first notification", true]],
  ["one more", { firing: ["a", "b"], entry: entry(["a"]) }, [4, "new alerts added", true]],
  ["all over", { resolved: ["a"], entry: entry(["a"]) }, [5, "all alerts resolved", true]],
  [
    "all over, not sent",
    { resolved: ["a"], entry: entry(["a"]), sendsResolved: false },
    [5, "all alerts resolved", false],
  ],
  ["end told before", { resolved: ["a"], entry: entry([], ["a"]) }, [6, null, false]],
  ["one over", { firing: ["a"], resolved: ["b"], entry: entry(["a", "b"]) }, [7, "some alerts resolved", true]],
  [
    "one over, not sent",
    { firing: ["a"], resolved: ["b"], entry: entry(["a", "b"]), sendsResolved: false },
    [9, null, false],
  ],
  ["exactly the repeat", { firing: ["a"], entry: entry(["a"]), now: 4 * hourMs }, [8, "repeat interval elapsed", true]],
  ["just before", { firing: ["a"], entry: entry(["a"]), now: 4 * hourMs - 1 }, [9, null, false]],
  ["nothing left", { entry: entry(["a"]) }, [0, null, false]],
])("decides: %s", (_name, change, expected) => {
  const { row, reason, sends } = decideFlush(facts(change));
  expect([row, reason, sends]).toEqual(expected);
});

test("stops repeats only for alerts that were firing when acknowledged", () => {
  const acknowledged = { entry: entry(["a"]), acknowledgement: { fingerprints: ["a"] }, now: 5 * hourMs };
  expect(decideFlush(facts({ ...acknowledged, firing: ["a"] }))).toMatchObject({ row: 9, sends: false });
  expect(decideFlush(facts({ ...acknowledged, firing: ["a", "b"] }))).toMatchObject({ row: 4, sends: true });
  expect(decideFlush(facts({ ...acknowledged, firing: ["a", "b"], entry: entry(["a", "b"]) }))).toMatchObject({
    row: 8,
  });
  expect(decideFlush(facts({ ...acknowledged, resolved: ["a"] }))).toMatchObject({ row: 5, sends: true });
});

test("reproduces the timeline of the reference", () => {
  const minute = 60_000;
  const interval = 5 * minute;
  const alerts = [
    { name: "A", from: 0, to: 17 * minute },
    { name: "B", from: minute, to: 6 * minute },
    { name: "C", from: 11 * minute, to: 12 * minute },
  ];
  const notified: [string, string, string[], string[]][] = [];
  const gone = new Set<string>();
  let last: NotificationEntry | null = null;
  for (let now = firstFlush({ startsAt: 0, groupWaitMs: 30_000, now: 0 }); now < 40 * minute; now += interval) {
    const present = alerts.filter(({ name, from }) => from <= now && !gone.has(name));
    const names = (isResolved: boolean) => present.filter(({ to }) => to <= now === isResolved).map(({ name }) => name);
    const [firing, resolved] = [names(false), names(true)];
    const decision = decideFlush(facts({ firing, resolved, entry: last, now }));
    last = decision.entry ?? last;
    for (const name of resolved) gone.add(name);
    const clock = `${Math.floor(now / minute)}:${String((now % minute) / 1000).padStart(2, "0")}`;
    if (decision.sends) notified.push([clock, decision.reason ?? "", firing, resolved]);
  }
  expect(notified).toEqual([
    ["0:30", "first notification", ["A"], []],
    ["5:30", "new alerts added", ["A", "B"], []],
    ["10:30", "some alerts resolved", ["A"], ["B"]],
    ["15:30", "some alerts resolved", ["A"], ["C"]],
    ["20:30", "all alerts resolved", [], ["A"]],
  ]);
});

test("flushes a group now once its group wait has passed, and counts a late flush at its own time", () => {
  expect(firstFlush({ startsAt: 0, groupWaitMs: 30, now: 100 })).toBe(100);
  expect(firstFlush({ startsAt: 90, groupWaitMs: 30, now: 100 })).toBe(130);
  expect(flushTime({ dueAt: 100, groupIntervalMs: 300, now: 101 })).toBe(100);
  expect(flushTime({ dueAt: 100, groupIntervalMs: 300, now: 900 })).toBe(900);
});

test("rounds a repeat up to the next flush", () => {
  const times = { notifiedAt: 0, nextFlushAt: 300, groupIntervalMs: 300 };
  expect(nextRepeat({ ...times, repeatIntervalMs: 3000 })).toBe(3000);
  expect(nextRepeat({ ...times, repeatIntervalMs: 3001 })).toBe(3300);
  expect(nextRepeat({ ...times, repeatIntervalMs: 10 })).toBe(300);
});
