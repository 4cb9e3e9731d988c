import { DomainError } from "#server/base/errors.ts";
import type { EngineSettings } from "../../contract.ts";
import type { Launch } from "../engine.ts";
import { mergeFields } from "../merge-fields.ts";
import { indexedFields, rankEnvironment } from "./gang.ts";
import { container, labelsOf } from "./objects.ts";

/** Time that the wrapper has for its last upload and its report once the program has ended. */
const reportSeconds = 15;
/** Kubernetes removes an ended Job by itself after a week, should Leeway not do it. */
const keptSeconds = 7 * 86_400;

type Settings = Extract<EngineSettings, { kind: "kubernetes" }>;

/** The Secret of a launch: the one value that the pod must not show. */
export const secretObject = (launch: Launch) => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: launch.id, labels: labelsOf(launch) },
  type: "Opaque",
  stringData: { LEEWAY_LAUNCH_TOKEN: launch.wrapper.token },
});

/** The files that pods start with, in a ConfigMap whose name has their hash. */
export const filesObject = (name: string, files: Record<string, string>) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, labels: { "app.kubernetes.io/managed-by": "leeway" } },
  immutable: true,
  data: files,
});

/**
 * The Job of a launch: a pod for each machine, none of which is started again, since that is decided in one place.
 * docs/spec/training.md section 8.
 * @throws DomainError "invalid" without an image
 */
export function jobObject(
  launch: Launch,
  { settings, files }: { settings: Settings; files: string },
): Record<string, unknown> {
  const { spec } = launch;
  const image = spec.image ?? settings.image;
  if (!image)
    throw new DomainError("invalid", "Kubernetes needs an image. Name one in the job, or in the engine.", {
      field: "image",
    });
  const { cores, gpus, gpuKind, memoryBytes, nodes } = spec.resources;
  const { graceSeconds, hours } = spec.limits;
  const memory = memoryBytes > 0 ? { memory: String(memoryBytes) } : {};
  const gpu = gpus > 0 ? { "nvidia.com/gpu": String(gpus) } : {};
  const labels = { ...labelsOf(launch), ...(settings.queue && { "kueue.x-k8s.io/queue-name": settings.queue }) };
  const program = launch.package ? ["/leeway/fetch_package.py", launch.package.sha256] : ["/leeway/leeway_run.py"];
  const job = {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: launch.id, labels },
    spec: {
      // Kueue begins it when its queue has room.
      suspend: settings.queue !== "",
      backoffLimit: 0,
      podReplacementPolicy: "Failed",
      ...(nodes > 1 && indexedFields(nodes)),
      // Leeway's own limit comes first; this one is for the case that nobody hears of the job any more.
      activeDeadlineSeconds: Math.ceil(hours * 3600 + graceSeconds + 600),
      ttlSecondsAfterFinished: keptSeconds,
      template: {
        metadata: { labels: labelsOf(launch) },
        spec: {
          restartPolicy: "Never",
          terminationGracePeriodSeconds: graceSeconds + reportSeconds,
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          ...(nodes > 1 && { subdomain: launch.id }),
          ...(gpus > 0 && gpuKind && { nodeSelector: { "nvidia.com/gpu.product": gpuKind } }),
          containers: [
            {
              name: container,
              image,
              command: ["python3", ...program],
              workingDir: "/work",
              env: [
                { name: "LEEWAY_URL", value: launch.wrapper.url },
                { name: "LEEWAY_LAUNCH", value: launch.id },
                { name: "PYTHONUNBUFFERED", value: "1" },
                ...(nodes > 1 ? rankEnvironment(launch, nodes) : []),
              ],
              envFrom: [{ secretRef: { name: launch.id } }],
              resources: { requests: { cpu: String(cores), ...memory, ...gpu }, limits: { ...memory, ...gpu } },
              volumeMounts: [
                { name: "leeway", mountPath: "/leeway", readOnly: true },
                { name: "work", mountPath: "/work" },
              ],
            },
          ],
          volumes: [
            { name: "leeway", configMap: { name: files } },
            { name: "work", emptyDir: {} },
          ],
        },
      },
    },
  };
  return mergeFields(spec.engineFields, job) as Record<string, unknown>;
}
