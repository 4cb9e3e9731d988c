import { expect, test } from "vitest";
import type { Job, Pod } from "./objects.ts";
import { readQuantity } from "./quantity.ts";
import { seenOfJob } from "./seen-of-job.ts";

const now = Date.parse("2026-12-01T08:00:00Z");
const made = "2026-12-01T07:59:00Z";

const job = (type?: string, reason?: string, message?: string): Job => ({
  metadata: { name: "tj-a-1", uid: "u" },
  spec: {},
  ...(type && {
    status: { conditions: [{ type, status: "True", ...(reason && { reason }), ...(message && { message }) }] },
  }),
});
const pod = (status: Pod["status"], creationTimestamp = made): Pod => ({
  metadata: { name: "p", uid: "p", creationTimestamp },
  status,
});
const ending = (terminated: { exitCode: number; reason?: string; message?: string }, more: object = {}) =>
  pod({ phase: "Failed", containerStatuses: [{ name: "train", state: { terminated } }], ...more });
const waiting = (reason: string, message?: string, since = made) =>
  pod(
    {
      phase: "Pending",
      containerStatuses: [{ name: "train", state: { waiting: { reason, ...(message && { message }) } } }],
    },
    since,
  );
const disrupted = (reason: string) => ({
  conditions: [{ type: "DisruptionTarget", status: "True", reason, message: "why" }],
});
const failed = job("Failed", "BackoffLimitExceeded");

test.each<[string, Job, Pod[], object]>([
  ["no pod yet", job(), [], { state: "starting" }],
  ["suspended by Kueue", { ...job(), spec: { suspend: true } }, [], { state: "waiting" }],
  ["an image is pulled", job(), [waiting("ContainerCreating")], { state: "starting", reason: "ContainerCreating" }],
  ["an image that may come", job(), [waiting("ImagePullBackOff")], { state: "starting" }],
  [
    "an image that does not come",
    job(),
    [waiting("ImagePullBackOff", "Back-off pulling image", "2026-12-01T07:56:00Z")],
    { state: "ended", cause: "never-started", reason: "ImagePullBackOff: Back-off pulling image" },
  ],
  [
    "a Secret that is missing",
    job(),
    [waiting("CreateContainerConfigError")],
    { state: "ended", cause: "never-started" },
  ],
  [
    "running",
    job(),
    [pod({ phase: "Running", containerStatuses: [{ name: "train", state: { running: {} } }] })],
    { state: "running" },
  ],
  ["ended, and the Job does not say so yet", job(), [ending({ exitCode: 1 })], { state: "running" }],
  ["complete", job("Complete"), [], { state: "ended", code: 0 }],
  ["a failed program", failed, [ending({ exitCode: 3, reason: "Error" })], { state: "ended", code: 3 }],
  ["out of memory", failed, [ending({ exitCode: 137, reason: "OOMKilled" })], { cause: "out-of-memory" }],
  ["no such program", failed, [ending({ exitCode: 128, reason: "StartError" })], { cause: "never-started" }],
  ["its time", job("Failed", "DeadlineExceeded"), [], { cause: "time-limit", signal: "SIGTERM" }],
  [
    "preempted, whatever its code",
    failed,
    [ending({ exitCode: 0 }, disrupted("PreemptionByScheduler"))],
    { signal: "SIGTERM", cause: "preempted", reason: "PreemptionByScheduler: why" },
  ],
  ["a drained node", failed, [ending({ exitCode: 143 }, disrupted("EvictionByEvictionAPI"))], { cause: "preempted" }],
  [
    "a node that vanished",
    failed,
    [pod({ phase: "Failed", ...disrupted("DeletionByPodGC") })],
    { cause: "lost", code: null },
  ],
  ["a full node", failed, [pod({ phase: "Failed", reason: "Evicted", message: "low on disk" })], { cause: "lost" }],
  ["its pod is gone", failed, [], { cause: "lost", reason: "BackoffLimitExceeded" }],
  [
    "the newest of its pods counts",
    failed,
    [
      ending({ exitCode: 5 }),
      { ...ending({ exitCode: 4 }), metadata: { name: "o", uid: "o", creationTimestamp: "2026-12-01T07:00:00Z" } },
    ],
    { code: 5 },
  ],
])("%s", (_, of, pods, expected) => {
  expect(seenOfJob(of, pods, now)).toMatchObject(expected);
});

test.each([
  ["500m", 0.5],
  ["16Gi", 16 * 2 ** 30],
  ["1e3", 1000],
  ["2k", 2000],
  ["1.5E", 1.5e18],
  ["four", undefined],
  ["", undefined],
])("reads the quantity %j", (text, value) => {
  expect(readQuantity(text)).toBe(value);
});
