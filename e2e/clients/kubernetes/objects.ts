import { EngineSettings, JobSpec } from "../../../server/improve/training/contract.ts";
import type { Launch } from "../../../server/improve/training/engines/engine.ts";
import { serviceObject } from "../../../server/improve/training/engines/kubernetes/gang.ts";
import {
  filesObject,
  jobObject,
  secretObject,
} from "../../../server/improve/training/engines/kubernetes/job-object.ts";
import { trainJobObject } from "../../../server/improve/training/engines/kubernetes/train-job.ts";

// Prints what Leeway would create on a cluster for jobs of several kinds, one object a line as JSON.

const settings = (changes: object) => {
  const read = EngineSettings.parse({ kind: "kubernetes", namespace: "training", image: "python:3.13", ...changes });
  if (read.kind !== "kubernetes") throw new Error("Not an engine of Kubernetes.");
  return read;
};

const launch = (spec: object, changes: Partial<Launch> = {}): Launch => ({
  id: "tj-01jabcdefghjkmnpqrstvwxyz0-1",
  jobId: "tj-01jabcdefghjkmnpqrstvwxyz0",
  workspaceId: "6f8b1c1e-0f3a-4a57-9d5a-2f5f6a6f1f10",
  spec: JobSpec.parse({ command: ["python", "train.py"], ...spec }),
  wrapper: { url: "https://leeway.example", token: "lwl_token" },
  package: null,
  ...changes,
});

const pod = {
  tolerations: [{ key: "spot", operator: "Exists", effect: "NoSchedule" }],
  nodeSelector: { pool: "gpu" },
  containers: [{ name: "train", securityContext: { runAsNonRoot: true }, env: [{ name: "HOME", value: "/work" }] }],
  volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data" } }],
};
const kinds: [Launch, object][] = [
  [launch({}), {}],
  [launch({ image: "registry.example/train:1", resources: { cores: 0.5, memoryBytes: 2 ** 34 } }), {}],
  [
    launch({ resources: { gpus: 2, gpuKind: "NVIDIA-H100-80GB-HBM3" }, limits: { graceSeconds: 600 } }),
    { queue: "team-a" },
  ],
  [launch({}, { package: { path: "/package.zip", sha256: "ab".repeat(32) } }), {}],
  [launch({ resources: { cores: 4, gpus: 8, nodes: 4 } }), { queue: "team-a" }],
  [launch({ engineFields: { metadata: { annotations: { a: "b" } }, spec: { template: { spec: pod } } } }), {}],
];
for (const [one, changes] of kinds) {
  console.log(JSON.stringify(jobObject(one, { settings: settings(changes), files: "leeway-run-0" })));
}
console.log(JSON.stringify(secretObject(launch({}))));
console.log(JSON.stringify(serviceObject(launch({}))));
console.log(JSON.stringify(serviceObject(launch({}), "6f8b1c1e-0f3a-4a57-9d5a-2f5f6a6f1f10")));
console.log(JSON.stringify(filesObject("leeway-run-0", { "leeway_run.py": "print()" })));

const tolerant = { spec: { template: { spec: { tolerations: pod.tolerations } } } };
const patch = { template: { spec: { replicatedJobs: [{ name: "node", template: tolerant }] } } };
const trainJobs: [Launch, object][] = [
  [launch({}), {}],
  [
    launch(
      { resources: { cores: 4, gpus: 8, gpuKind: "NVIDIA-H100-80GB-HBM3", nodes: 4 } },
      { package: { path: "/package.zip", sha256: "ab".repeat(32) } },
    ),
    { queue: "team-a", runtimeKind: "TrainingRuntime" },
  ],
  [launch({ engineFields: { spec: { runtimePatches: [{ manager: "a.org/b", trainingRuntimeSpec: patch }] } } }), {}],
];
for (const [one, changes] of trainJobs) {
  const own = settings({ runtime: "torch-distributed", ...changes });
  console.log(JSON.stringify(trainJobObject(one, { settings: own, files: "leeway-run-0", version: "v1alpha1" })));
}
