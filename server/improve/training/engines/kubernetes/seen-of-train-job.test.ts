import { expect, test } from "vitest";
import { type Pod, TrainJob } from "./objects.ts";
import { seenOfJob } from "./seen-of-job.ts";

const now = Date.parse("2026-12-01T08:00:00Z");

const trainJob = (conditions: object[] = [], { nodes = 1, suspend = false, labels = {} } = {}) =>
  TrainJob.parse({
    apiVersion: "trainer.kubeflow.org/v1alpha1",
    kind: "TrainJob",
    metadata: { name: "tj-a-1", uid: "u", labels },
    spec: { runtimeRef: { name: "torch" }, suspend, trainer: { numNodes: nodes } },
    ...(conditions.length > 0 && { status: { conditions, jobsStatus: [{ name: "node", ready: 0, failed: 0 }] } }),
  });
const is = (type: string, reason: string, status = "True") => ({ type, status, reason, message: "why" });

const pod = (status: Pod["status"], rank = 0): Pod => ({
  metadata: {
    name: `tj-a-1-node-0-${rank}-x`,
    uid: `p${rank}`,
    creationTimestamp: "2026-12-01T07:59:00Z",
    annotations: { "batch.kubernetes.io/job-completion-index": String(rank) },
  },
  status,
});
const ended = (exitCode: number, reason: string, rank = 0) =>
  pod({ phase: "Failed", containerStatuses: [{ name: "node", state: { terminated: { exitCode, reason } } }] }, rank);
const runs = (rank = 0) => {
  const state = { running: { startedAt: "2026-12-01T07:59:10Z" } };
  return pod({ phase: "Running", containerStatuses: [{ name: "node", state }] }, rank);
};
const killed = pod({
  phase: "Succeeded",
  containerStatuses: [
    {
      name: "node",
      state: { terminated: { exitCode: 0, reason: "Completed" } },
      lastState: { terminated: { exitCode: 137, reason: "OOMKilled" } },
    },
  ],
});
/** Started again and again, since it fails each time. */
const fails = (terminated: { exitCode: number; reason: string; message?: string }, rank = 0) =>
  pod(
    {
      phase: "Running",
      containerStatuses: [
        { name: "node", state: { waiting: { reason: "CrashLoopBackOff" } }, lastState: { terminated } },
      ],
    },
    rank,
  );
const queued = { "kueue.x-k8s.io/queue-name": "team-a" };
const failed = is("Failed", "FailedJobs");

test.each<[string, ReturnType<typeof trainJob>, Pod[], object]>([
  ["nothing yet", trainJob(), [], { state: "starting", reason: "Kubernetes has not created a pod yet." }],
  [
    "suspended by Kueue",
    trainJob([], { suspend: true, labels: queued }),
    [],
    { state: "waiting", reason: "Waiting in the Kueue queue team-a." },
  ],
  [
    "Suspended",
    trainJob([is("Suspended", "Suspended")]),
    [],
    { state: "waiting", reason: "It is suspended in Kubernetes." },
  ],
  ["resumed", trainJob([is("Suspended", "Resumed", "False")]), [runs()], { state: "running" }],
  ["runs", trainJob(), [runs()], { state: "running" }],
  [
    "fails again and again",
    trainJob(),
    [fails({ exitCode: 127, reason: "Error" })],
    { state: "ended", code: 127, reason: "CrashLoopBackOff" },
  ],
  [
    "can never start",
    trainJob(),
    [fails({ exitCode: 128, reason: "StartError", message: "no python3" })],
    { state: "ended", cause: "never-started", reason: "StartError: no python3" },
  ],
  [
    "one of several machines fails again and again",
    trainJob([], { nodes: 2 }),
    [runs(0), fails({ exitCode: 137, reason: "OOMKilled" }, 1)],
    { state: "ended", rank: 1, cause: "out-of-memory" },
  ],
  ["Complete", trainJob([is("Complete", "AllJobsCompleted")]), [], { state: "ended", code: 0 }],
  [
    "ran out of memory, and was started again in its pod",
    trainJob([is("Complete", "AllJobsCompleted")]),
    [killed],
    { state: "ended", code: 137, cause: "out-of-memory" },
  ],
  [
    "Failed by its program",
    trainJob([failed]),
    [ended(3, "Error")],
    { state: "ended", code: 3, reason: "FailedJobs: why" },
  ],
  ["Failed without memory", trainJob([failed]), [ended(137, "OOMKilled")], { cause: "out-of-memory" }],
  ["Failed, and its pods are gone", trainJob([failed]), [], { state: "ended", code: null, cause: "lost" }],
  [
    "Failed for its time",
    trainJob([is("Failed", "DeadlineExceeded")]),
    [],
    { state: "ended", cause: "time-limit", signal: "SIGTERM" },
  ],
  [
    "Failed for its runtime",
    trainJob([is("Failed", "TrainingRuntimeNotSupported")]),
    [],
    { state: "ended", cause: "never-started", reason: "TrainingRuntimeNotSupported: why" },
  ],
  ["one that failed before is tried again", trainJob([{ ...failed, status: "False" }]), [runs()], { state: "running" }],
  [
    "some of its machines",
    trainJob([], { nodes: 3 }),
    [runs(0), runs(2)],
    { state: "starting", reason: "2 of 3 machines have started." },
  ],
  ["all of its machines", trainJob([], { nodes: 2 }), [runs(0), runs(1)], { state: "running" }],
  [
    "one of several machines failed",
    trainJob([failed], { nodes: 2 }),
    [runs(0), ended(4, "Error", 1)],
    { state: "ended", code: 4, rank: 1, reason: "Rank 1: FailedJobs: why" },
  ],
])("%s", (_, of, pods, expected) => {
  expect(seenOfJob(of, pods, now)).toMatchObject(expected);
});

test("a TrainJob that says no number of machines has one", () => {
  const { spec } = TrainJob.parse({ metadata: { name: "a", uid: "u" }, spec: { runtimeRef: { name: "torch" } } });
  expect(spec.completions).toBe(1);
});
