import { expect, test } from "vitest";
import { EngineSettings, JobSpec } from "../../contract.ts";
import { launchIdOf, newJobId } from "../../jobs/job-id.ts";
import type { Launch } from "../engine.ts";
import type { KubernetesSettings } from "./launch-parts.ts";
import { trainJobObject } from "./train-job.ts";

const given = { kind: "kubernetes", namespace: "training", runtime: "torch-distributed" };
const settings = (changes: object = {}) => EngineSettings.parse({ ...given, ...changes }) as KubernetesSettings;

const launch = (spec: object = {}, changes: Partial<Launch> = {}): Launch => ({
  id: "tj-a-1",
  jobId: "tj-a",
  workspaceId: "w",
  spec: JobSpec.parse({ command: ["python", "train.py"], environment: { PASSWORD: "secret" }, ...spec }),
  wrapper: { url: "https://leeway.example", token: "lwl_token" },
  package: null,
  ...changes,
});

const objectOf = (of: Launch, changes: object = {}) =>
  trainJobObject(of, { settings: settings(changes), files: "leeway-run-0", version: "v1alpha1" });

const labels = {
  "app.kubernetes.io/managed-by": "leeway",
  "leeway.io/launch": "tj-a-1",
  "leeway.io/job": "tj-a",
  "leeway.io/workspace": "w",
};

/** The patch of the pods of a TrainJob, which has to be its only one. */
function podPatchOf(object: Record<string, unknown>) {
  const { spec } = object as { spec: { runtimePatches: PatchedRuntime[] } };
  expect(spec.runtimePatches).toMatchObject([{ manager: "leeway.io/engine" }]);
  const jobs = spec.runtimePatches[0]?.trainingRuntimeSpec.template.spec.replicatedJobs ?? [];
  return jobs.find(({ name }) => name === "node")?.template.spec.template;
}

interface PatchedRuntime {
  trainingRuntimeSpec: {
    template: { spec: { replicatedJobs: { name: string; template: { spec: { template: unknown } } }[] } };
  };
}

test("one machine: the runtime with Leeway's program, files, labels and grace", () => {
  const object = objectOf(
    launch({ limits: { hours: 1, graceSeconds: 60 }, resources: { cores: 2, memoryBytes: 4096 } }),
  );
  expect(object).toMatchObject({
    apiVersion: "trainer.kubeflow.org/v1alpha1",
    kind: "TrainJob",
    metadata: { name: "tj-a-1", labels },
    spec: {
      runtimeRef: { apiGroup: "trainer.kubeflow.org", kind: "ClusterTrainingRuntime", name: "torch-distributed" },
      suspend: false,
      activeDeadlineSeconds: 3600 + 60 + 600,
      trainer: {
        args: ["/leeway/leeway_run.py"],
        numNodes: 1,
        resourcesPerNode: { requests: { cpu: "2", memory: "4096" }, limits: { memory: "4096" } },
        env: [
          { name: "LEEWAY_URL", value: "https://leeway.example" },
          { name: "LEEWAY_LAUNCH", value: "tj-a-1" },
          { name: "PYTHONUNBUFFERED", value: "1" },
          {
            name: "LEEWAY_LAUNCH_TOKEN",
            valueFrom: { secretKeyRef: { name: "tj-a-1", key: "LEEWAY_LAUNCH_TOKEN" } },
          },
        ],
      },
    },
  });
  expect(podPatchOf(object)).toEqual({
    metadata: { labels },
    spec: {
      terminationGracePeriodSeconds: 75,
      containers: [
        {
          name: "node",
          volumeMounts: [
            { name: "leeway", mountPath: "/leeway", readOnly: true },
            { name: "work", mountPath: "/work" },
          ],
        },
      ],
      volumes: [
        { name: "leeway", configMap: { name: "leeway-run-0" } },
        { name: "work", emptyDir: {} },
      ],
    },
  });
  // The image of the runtime counts, and nothing secret is shown.
  const text = JSON.stringify(object);
  for (const word of ['"image"', "lwl_token", "PASSWORD", "LEEWAY_RANK"]) expect(text).not.toContain(word);
});

test("several machines: each knows its rank, and where the first one is", () => {
  const object = objectOf(
    launch(
      { image: "train:1", resources: { nodes: 4, gpus: 8, gpuKind: "NVIDIA-H100" } },
      { package: { path: "/package.zip", sha256: "ab" } },
    ),
    { queue: "team-a", runtime: "own", runtimeKind: "TrainingRuntime", image: "other:1" },
  );
  expect(object).toMatchObject({
    metadata: { labels: { ...labels, "kueue.x-k8s.io/queue-name": "team-a" } },
    spec: {
      runtimeRef: { kind: "TrainingRuntime", name: "own" },
      suspend: true,
      trainer: {
        image: "train:1",
        args: ["/leeway/fetch_package.py", "ab"],
        numNodes: 4,
        resourcesPerNode: { limits: { "nvidia.com/gpu": "8" } },
        env: expect.arrayContaining([
          {
            name: "LEEWAY_RANK",
            valueFrom: { fieldRef: { fieldPath: "metadata.annotations['batch.kubernetes.io/job-completion-index']" } },
          },
          { name: "LEEWAY_NODES", value: "4" },
          { name: "LEEWAY_MAIN_ADDRESS", value: "tj-a-1-node-0-0.tj-a-1" },
        ]),
      },
    },
  });
  expect(podPatchOf(object)).toMatchObject({ spec: { nodeSelector: { "nvidia.com/gpu.product": "NVIDIA-H100" } } });
});

test("fields of a job are beside those of Leeway, whatever patch they are in", () => {
  const tolerations = [{ key: "spot", operator: "Exists" }];
  const patch = (pod: object, name = "node") => ({
    template: { spec: { replicatedJobs: [{ name, template: { spec: { template: pod } } }] } },
  });
  const hidden = { metadata: { labels: { "leeway.io/launch": "another", team: "a" } }, spec: { tolerations } };
  const object = objectOf(
    launch({
      engineFields: {
        metadata: { annotations: { a: "b" } },
        spec: {
          suspend: true,
          trainer: { numProcPerNode: 4, env: [{ name: "HOME", value: "/work" }] },
          runtimePatches: [
            { manager: "example.org/me", trainingRuntimeSpec: patch(hidden) },
            { manager: "example.org/you", trainingRuntimeSpec: patch({ spec: {} }, "model-initializer") },
          ],
        },
      },
    }),
  );
  expect(object).toMatchObject({
    metadata: { name: "tj-a-1", annotations: { a: "b" } },
    spec: {
      suspend: false,
      trainer: { numProcPerNode: 4, env: expect.arrayContaining([{ name: "HOME", value: "/work" }]) },
    },
  });
  expect(podPatchOf(object)).toMatchObject({
    metadata: { labels: { ...labels, team: "a" } },
    spec: { tolerations, terminationGracePeriodSeconds: 45, volumes: [{ name: "leeway" }, { name: "work" }] },
  });
  expect(JSON.stringify(object)).toContain("model-initializer");
  // What is no list of patches is left out, like all that Leeway has a value for.
  expect(objectOf(launch({ engineFields: { spec: { runtimePatches: "none" } } }))).toEqual(objectOf(launch()));
});

test("the names of the pods of the longest launch are host names", () => {
  const { id } = launch({}, { id: launchIdOf(newJobId(), 9_999) });
  // JobSet refuses those whose pods have longer names, with five letters of their own.
  expect(`${id}-node-0-999-abcde`).toMatch(/^[a-z][a-z0-9-]{0,62}$/);
});

test.each([
  { runtime: "Torch" },
  { runtime: "-torch" },
  { runtime: "a/b" },
  { runtime: "a".repeat(254) },
  { runtimeKind: "Job" },
])("an engine has no runtime such as %j", (changes) => {
  expect(EngineSettings.safeParse({ ...given, ...changes }).success).toBe(false);
});
