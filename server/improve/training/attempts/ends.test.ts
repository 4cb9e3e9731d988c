import { expect, test } from "vitest";
import { JobLimits } from "../contract.ts";
import { causeOfEnd, type End } from "./cause-of-end.ts";
import { addEnd, type Course, decideNext, type EndedAttempt } from "./decide-next.ts";

const end = (changes: Partial<End>): End => ({
  code: null,
  signal: null,
  wasTerminated: false,
  ranOutOfMemory: false,
  stopRequest: null,
  ...changes,
});

test.each<[string, Partial<End>, string, string]>([
  ["0", { code: 0 }, "finished", "none"],
  ["0 after SIGTERM", { code: 0, wasTerminated: true }, "preempted", "resume"],
  [
    "0 after SIGTERM of a person",
    { code: 0, wasTerminated: true, stopRequest: { cause: "cancelled" } },
    "cancelled",
    "none",
  ],
  ["143", { code: 143 }, "preempted", "resume"],
  ["SIGTERM", { signal: "SIGTERM" }, "preempted", "resume"],
  ["130", { code: 130 }, "preempted", "resume"],
  ["143 of a person", { code: 143, stopRequest: { cause: "cancelled" } }, "cancelled", "none"],
  ["143 of the budget", { code: 143, stopRequest: { cause: "budget" } }, "budget", "none"],
  ["143 of a finding", { code: 143, stopRequest: { cause: "failed", reason: "loss is NaN." } }, "failed", "never"],
  ["143 of the time limit", { code: 143, stopRequest: { cause: "time-limit" } }, "time-limit", "none"],
  ["torchrun after SIGTERM", { code: 1, wasTerminated: true }, "preempted", "resume"],
  ["137 without memory", { code: 137, ranOutOfMemory: true }, "out-of-memory", "never"],
  ["SIGKILL without memory", { signal: "SIGKILL", ranOutOfMemory: true }, "out-of-memory", "never"],
  // The cgroup counts kills of all that run in it, such as another job of the same machine.
  ["143 while memory ran out", { code: 143, ranOutOfMemory: true }, "preempted", "resume"],
  [
    "a SIGKILL after SIGTERM, while memory ran out",
    { signal: "SIGKILL", wasTerminated: true, ranOutOfMemory: true },
    "preempted",
    "resume",
  ],
  [
    "143 of a person, while memory ran out",
    { code: 143, ranOutOfMemory: true, stopRequest: { cause: "cancelled" } },
    "cancelled",
    "none",
  ],
  ["75 while memory ran out", { code: 75, ranOutOfMemory: true }, "failed", "resume"],
  ["1 while memory ran out", { code: 1, ranOutOfMemory: true }, "failed", "retry"],
  [
    "OOMKilled while it was stopped",
    { code: 137, wasTerminated: true, seen: { cause: "out-of-memory" }, stopRequest: { cause: "preempted" } },
    "preempted",
    "resume",
  ],
  ["OOMKilled", { code: 137, seen: { cause: "out-of-memory" } }, "out-of-memory", "never"],
  ["0, whatever the engine says", { code: 0, seen: { cause: "never-started" } }, "finished", "none"],
  // Rank 0 of several machines, and what became of another.
  ["143, as another rank failed", { code: 143, seen: { rank: 2, code: 3 } }, "failed", "retry"],
  [
    "1 after SIGTERM, as another rank failed",
    { code: 1, wasTerminated: true, seen: { rank: 2, code: 64 } },
    "failed",
    "never",
  ],
  ["143, as another rank asks for another attempt", { code: 143, seen: { rank: 1, code: 75 } }, "failed", "resume"],
  ["143, as another rank was not found", { code: 143, seen: { rank: 1, code: 127 } }, "never-started", "never"],
  [
    "143, as another rank ran out of memory",
    { code: 143, seen: { rank: 1, cause: "out-of-memory" } },
    "out-of-memory",
    "never",
  ],
  [
    "1, as another rank ran out of memory",
    { code: 1, seen: { rank: 1, cause: "out-of-memory" } },
    "out-of-memory",
    "never",
  ],
  [
    "1, as another rank was taken away",
    { code: 1, seen: { rank: 1, cause: "preempted", signal: "SIGTERM" } },
    "preempted",
    "resume",
  ],
  ["1, as another rank was lost", { code: 1, seen: { rank: 1, cause: "lost", code: null } }, "lost", "resume"],
  ["64, with another rank that fails", { code: 64, seen: { rank: 1, code: 1 } }, "failed", "never"],
  [
    "0, with another rank that fails",
    { code: 0, seen: { rank: 1, cause: "out-of-memory", code: 137 } },
    "finished",
    "none",
  ],
  [
    "143 of a person, as another rank failed",
    { code: 143, stopRequest: { cause: "cancelled" }, seen: { rank: 1, code: 1 } },
    "cancelled",
    "none",
  ],
  ["137", { code: 137 }, "lost", "resume"],
  ["SIGKILL", { signal: "SIGKILL" }, "lost", "resume"],
  ["no report", {}, "lost", "resume"],
  ["a SIGKILL after a stop", { signal: "SIGKILL", stopRequest: { cause: "preempted" } }, "preempted", "resume"],
  ["137 after a stop", { code: 137, stopRequest: { cause: "cancelled" } }, "cancelled", "none"],
  [
    "137 after a stop, while memory ran out",
    { code: 137, ranOutOfMemory: true, stopRequest: { cause: "cancelled" } },
    "out-of-memory",
    "never",
  ],
  ["no report after a stop", { stopRequest: { cause: "cancelled" } }, "cancelled", "none"],
  ["75", { code: 75 }, "failed", "resume"],
  ["64", { code: 64 }, "failed", "never"],
  ["65", { code: 65 }, "failed", "never"],
  ["78", { code: 78 }, "failed", "never"],
  ["126", { code: 126 }, "never-started", "never"],
  ["127", { code: 127 }, "never-started", "never"],
  ["StartError", { seen: { cause: "never-started" } }, "never-started", "never"],
  ["1", { code: 1 }, "failed", "retry"],
  ["SIGSEGV", { signal: "SIGSEGV" }, "failed", "retry"],
  ["a finish that a stop request did not reach", { code: 0, stopRequest: { cause: "cancelled" } }, "finished", "none"],
])("an attempt that ends with %s", (_, changes, cause, next) => {
  expect(causeOfEnd(end(changes))).toMatchObject({ cause, next });
});

test("says which of several machines ended a job", () => {
  expect(causeOfEnd(end({ code: 143, seen: { rank: 2, code: 3 } })).message).toBe(
    "Rank 2: The program ended with exit code 3.",
  );
});

const limits = JobLimits.parse({});
const none: Course = { preemptions: 0, losses: 0, failures: 0, fruitless: 0 };
const ended = (changes: Partial<End>, hasSaved: boolean | null): EndedAttempt => ({
  ...causeOfEnd(end(changes)),
  hasSaved,
});

/** Ends of attempts one after the other. @returns the last step, and how many attempts there were */
function runAll(attempt: EndedAttempt, max = 100) {
  let course = none;
  for (let count = 1; count <= max; count += 1) {
    course = addEnd(course, attempt);
    const step = decideNext(attempt, { course, limits, random: 0.5 });
    if (step.kind === "end") return { ...step, count };
  }
  return undefined;
}

test("each cause has a budget of its own", () => {
  expect(runAll(ended({ signal: "SIGTERM" }, true))).toMatchObject({ count: 21, state: "failed" });
  expect(runAll(ended({ signal: "SIGKILL" }, true))).toMatchObject({ count: 6, state: "lost" });
  expect(runAll(ended({ code: 75 }, true))).toMatchObject({ count: 6, state: "lost" });
  expect(runAll(ended({ code: 1 }, true))).toMatchObject({ count: 1, state: "failed" });
  expect(runAll(ended({ code: 65 }, true))).toMatchObject({ count: 1, state: "failed" });
  expect(runAll(ended({ code: 0 }, false))).toMatchObject({ count: 1, state: "finished" });
});

test("three attempts in a row without a newer checkpoint end the job", () => {
  expect(runAll(ended({ signal: "SIGTERM" }, false))).toMatchObject({
    count: 3,
    message: "It was preempted 3 times before it could save; save more often or choose machines that stay.",
  });
  // A checkpoint begins the count again.
  let course = none;
  for (const hasSaved of [false, false, true, false, false])
    course = addEnd(course, ended({ signal: "SIGTERM" }, hasSaved));
  const last = decideNext(ended({ signal: "SIGTERM" }, false), { course, limits, random: 0 });
  expect(last.kind).toBe("resume");
});

test("a launch that is lost before it starts says nothing of how the program saves", () => {
  // A head of Ray that is started again and again while the job waits there.
  expect(runAll(ended({}, null))).toMatchObject({ count: 6, state: "lost" });
  let course = none;
  for (const hasSaved of [false, null, false, null, null]) course = addEnd(course, ended({}, hasSaved));
  expect(course).toMatchObject({ losses: 5, fruitless: 2 });
});

test("waits 30 s, then twice as long each time, up to 10 minutes, and not all jobs the same", () => {
  const attempt = ended({ signal: "SIGTERM" }, true);
  const delays = Array.from({ length: 8 }, (_, at) =>
    decideNext(attempt, { course: { ...none, preemptions: at + 1 }, limits, random: 0.5 }),
  );
  expect(delays.map((step) => (step.kind === "resume" ? step.delaySeconds : 0))).toEqual([
    30, 60, 120, 240, 480, 600, 600, 600,
  ]);
  for (const [random, seconds] of [
    [0, 24],
    [1, 36],
  ] as const) {
    const step = decideNext(attempt, { course: { ...none, preemptions: 1 }, limits, random });
    expect(step).toEqual({ kind: "resume", delaySeconds: expect.closeTo(seconds) });
  }
});
