import type { EngineSettings } from "../../contract.ts";
import type { Launch } from "../engine.ts";
import { labelsOf } from "./objects.ts";

/** Time that the wrapper has for its last upload and its report once the program has ended. */
const reportSeconds = 15;

export type KubernetesSettings = Extract<EngineSettings, { kind: "kubernetes" }>;

/** What the Job of a launch and its TrainJob have alike. @param files name of the ConfigMap with the files that pods start with */
export function launchParts(launch: Launch, { settings, files }: { settings: KubernetesSettings; files: string }) {
  const { spec } = launch;
  const { cores, gpus, gpuKind, memoryBytes } = spec.resources;
  const { graceSeconds, hours } = spec.limits;
  const memory = memoryBytes > 0 ? { memory: String(memoryBytes) } : {};
  const gpu = gpus > 0 ? { "nvidia.com/gpu": String(gpus) } : {};
  return {
    labels: { ...labelsOf(launch), ...(settings.queue && { "kueue.x-k8s.io/queue-name": settings.queue }) },
    image: spec.image ?? settings.image,
    // Kueue begins it when its queue has room.
    suspend: settings.queue !== "",
    // Leeway's own limit comes first; this one is for the case that nobody hears of the job any more.
    activeDeadlineSeconds: Math.ceil(hours * 3600 + graceSeconds + 600),
    terminationGracePeriodSeconds: graceSeconds + reportSeconds,
    nodeSelector: gpus > 0 && gpuKind ? { nodeSelector: { "nvidia.com/gpu.product": gpuKind } } : {},
    /** What Python runs, and its arguments. */
    program: launch.package ? ["/leeway/fetch_package.py", launch.package.sha256] : ["/leeway/leeway_run.py"],
    environment: [
      { name: "LEEWAY_URL", value: launch.wrapper.url },
      { name: "LEEWAY_LAUNCH", value: launch.id },
      { name: "PYTHONUNBUFFERED", value: "1" },
    ],
    resources: { requests: { cpu: String(cores), ...memory, ...gpu }, limits: { ...memory, ...gpu } },
    volumeMounts: [
      { name: "leeway", mountPath: "/leeway", readOnly: true },
      { name: "work", mountPath: "/work" },
    ],
    volumes: [
      { name: "leeway", configMap: { name: files } },
      { name: "work", emptyDir: {} },
    ],
  };
}
