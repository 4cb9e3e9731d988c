import { expect, test } from "vitest";
import type { Job, Pod } from "./objects.ts";
import { label } from "./objects.ts";
import { seenOfJob, tellingPod } from "./seen-of-job.ts";

const now = Date.parse("2026-12-01T08:00:00Z");
const minutesAgo = (minutes: number) => new Date(now - minutes * 60_000).toISOString();

const job = (changes: object = {}, condition?: object): Job => ({
  metadata: { name: "tj-a-1", uid: "u" },
  spec: { completionMode: "Indexed", completions: 3, ...changes },
  ...(condition && { status: { conditions: [{ type: "Failed", status: "True", ...condition }] } }),
});
const pod = (rank: number, status: Pod["status"], meta: object = {}): Pod => ({
  metadata: { name: `tj-a-1-${rank}-x`, uid: String(rank), annotations: { [label.index]: String(rank) }, ...meta },
  status,
});
const contained = (state: object) => [{ name: "train", state }];
const runs = (rank: number, minutes = 1, meta: object = {}) =>
  pod(rank, { phase: "Running", containerStatuses: contained({ running: { startedAt: minutesAgo(minutes) } }) }, meta);
const ends = (rank: number, exitCode: number, minutes: number, more: object = {}, meta: object = {}) => {
  const terminated = { exitCode, startedAt: minutesAgo(60), finishedAt: minutesAgo(minutes), ...more };
  return pod(
    rank,
    { phase: exitCode === 0 ? "Succeeded" : "Failed", containerStatuses: contained({ terminated }) },
    meta,
  );
};
const words = "0/3 nodes are available: 3 Insufficient nvidia.com/gpu.";
const unscheduled = (rank: number) =>
  pod(rank, { phase: "Pending", conditions: [{ type: "PodScheduled", status: "False", message: words }] });
const waits = (rank: number, reason: string) =>
  pod(rank, { phase: "Pending", containerStatuses: contained({ waiting: { reason, message: "why" } }) });
const takenAway = { conditions: [{ type: "DisruptionTarget", status: "True", reason: "PreemptionByScheduler" }] };
const deleted = { deletionTimestamp: minutesAgo(0) };
const failed = job({}, { reason: "BackoffLimitExceeded" });
const failing = job({}, { type: "FailureTarget", reason: "BackoffLimitExceeded" });

test.each<[string, Job, Pod[], object]>([
  ["no pod", job(), [], { state: "starting", reason: "Kubernetes has not created a pod yet." }],
  ["room for none", job(), [unscheduled(0), unscheduled(1), unscheduled(2)], { state: "waiting", reason: words }],
  ["one that starts", job(), [runs(0), waits(1, "ContainerCreating")], { reason: /^1 of 3 machines have started\./ }],
  [
    "room for two of three",
    job(),
    [runs(0, 9), runs(1, 9), unscheduled(2)],
    { state: "starting", cause: undefined, reason: `2 of 3 machines have started. ${words}` },
  ],
  [
    "the same for 10 minutes",
    job(),
    [runs(0, 3), runs(1, 10), unscheduled(2)],
    { state: "starting", cause: "never-started", reason: `Only 2 of 3 machines started within 10 minutes. ${words}` },
  ],
  [
    "a pod that a quota refuses, for 10 minutes",
    job(),
    [runs(0, 11), runs(1, 11)],
    {
      cause: "never-started",
      reason: "Only 2 of 3 machines started within 10 minutes. Kubernetes created no pod for the others.",
    },
  ],
  [
    "a pod that is missing since it failed",
    { ...job(), status: { failed: 1 } },
    [runs(0, 60), runs(1, 60)],
    { state: "starting", cause: undefined },
  ],
  [
    "a pod that is missing since it failed, not counted yet",
    { ...job(), status: { uncountedTerminatedPods: { failed: ["2"] } } },
    [runs(0, 60), runs(1, 60)],
    { state: "starting", cause: undefined },
  ],
  [
    "an image that does not come to one",
    job(),
    [runs(0, 1), runs(1, 1), waits(2, "CreateContainerConfigError")],
    { state: "starting", cause: "never-started", reason: "Rank 2: CreateContainerConfigError: why" },
  ],
  ["whole", job(), [runs(0, 60), runs(1), runs(2)], { state: "running" }],
  ["suspended by Kueue", job({ suspend: true }), [runs(0, 60, deleted)], { state: "waiting" }],
  [
    "begun again after Kueue took its machines",
    job(),
    [runs(0, 60, deleted), runs(1), unscheduled(2)],
    { state: "starting", cause: undefined },
  ],
  ["rank 0 is done", job(), [ends(0, 0, 0), runs(1, 60)], { state: "ended", code: 0 }],
  ["rank 1 is done", job(), [ends(1, 0, 0), runs(0, 60), runs(2, 60)], { state: "running" }],
  ["its success is certain", job({}, { type: "SuccessCriteriaMet" }), [runs(1, 60, deleted)], { code: 0 }],
  [
    "a rank that failed, while the others are asked to end",
    failing,
    [runs(0, 60, deleted), ends(2, 3, 1), ends(1, 143, 0)],
    { state: "ended", code: 3, rank: 2, cause: undefined, reason: "Rank 2: BackoffLimitExceeded" },
  ],
  [
    "the same before the Job says so",
    job(),
    [runs(0, 60), runs(1, 60), ends(2, 3, 0)],
    { state: "ended", code: 3, rank: 2, reason: "Rank 2: exit code 3" },
  ],
  ["rank 0 failed first", failed, [ends(0, 4, 2), ends(1, 1, 1)], { state: "ended", code: 4, rank: undefined }],
  [
    "one that was deleted has not failed by itself",
    failed,
    [ends(1, 143, 2, {}, deleted), ends(2, 5, 1)],
    { code: 5, rank: 2 },
  ],
  [
    "a rank whose machine is taken away, whoever fails without it",
    job(),
    [ends(0, 1, 0), pod(1, { phase: "Running", ...takenAway }, deleted), ends(2, 1, 0)],
    { state: "ended", signal: "SIGTERM", cause: "preempted", rank: 1 },
  ],
  ["a rank out of memory", failed, [ends(1, 137, 1, { reason: "OOMKilled" })], { cause: "out-of-memory", rank: 1 }],
  ["a rank that cannot start", failed, [ends(1, 128, 1, { reason: "StartError" })], { cause: "never-started" }],
  ["its time", job({}, { reason: "DeadlineExceeded" }), [ends(1, 143, 1)], { cause: "time-limit", rank: undefined }],
  ["all pods are gone", failed, [], { cause: "lost", rank: undefined }],
])("several machines: %s", (_, of, pods, expected) => {
  const reason = (expected as { reason?: unknown }).reason;
  expect({ cause: undefined, rank: undefined, ...seenOfJob(of, pods, now) }).toMatchObject({
    ...expected,
    ...(reason instanceof RegExp && { reason: expect.stringMatching(reason) }),
  });
});

test("the log of the pod that failed first says why", () => {
  expect(tellingPod(failed, [ends(0, 143, 0), ends(2, 3, 1), ends(1, 143, 0)])?.metadata.uid).toBe("2");
});
