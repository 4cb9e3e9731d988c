import { DomainError } from "#server/base/errors.ts";
import type { Launch } from "../engine.ts";
import { mergeFields } from "../merge-fields.ts";
import { indexedFields, mainAddress, rankEnvironment } from "./gang.ts";
import { type KubernetesSettings, launchParts } from "./launch-parts.ts";
import { container, labelsOf, tokenKey } from "./objects.ts";

/** Kubernetes removes an ended Job by itself after a week, should Leeway not do it. */
const keptSeconds = 7 * 86_400;

/** The Secret of a launch: the one value that the pod must not show. */
export const secretObject = (launch: Launch) => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: launch.id, labels: labelsOf(launch) },
  type: "Opaque",
  stringData: { [tokenKey]: launch.wrapper.token },
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
  { settings, files }: { settings: KubernetesSettings; files: string },
): Record<string, unknown> {
  const { nodes } = launch.spec.resources;
  const { labels, image, suspend, nodeSelector, ...parts } = launchParts(launch, { settings, files });
  if (!image)
    throw new DomainError("invalid", "Kubernetes needs an image. Name one in the job, or in the engine.", {
      field: "image",
    });
  const job = {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: launch.id, labels },
    spec: {
      suspend,
      backoffLimit: 0,
      podReplacementPolicy: "Failed",
      ...(nodes > 1 && indexedFields(nodes)),
      activeDeadlineSeconds: parts.activeDeadlineSeconds,
      ttlSecondsAfterFinished: keptSeconds,
      template: {
        metadata: { labels: labelsOf(launch) },
        spec: {
          restartPolicy: "Never",
          terminationGracePeriodSeconds: parts.terminationGracePeriodSeconds,
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          ...(nodes > 1 && { subdomain: launch.id }),
          ...nodeSelector,
          containers: [
            {
              name: container,
              image,
              command: ["python3", ...parts.program],
              workingDir: "/work",
              env: [...parts.environment, ...rankEnvironment(nodes, mainAddress(launch))],
              envFrom: [{ secretRef: { name: launch.id } }],
              resources: parts.resources,
              volumeMounts: parts.volumeMounts,
            },
          ],
          volumes: parts.volumes,
        },
      },
    },
  };
  return mergeFields(launch.spec.engineFields, job) as Record<string, unknown>;
}
