import { z } from "zod";
import { DomainError } from "#server/base/errors.ts";
import type { Launch } from "../engine.ts";
import { mergeFields } from "../merge-fields.ts";
import { rankEnvironment } from "./gang.ts";
import type { KubernetesClient } from "./kubernetes-client.ts";
import { type KubernetesSettings, launchParts } from "./launch-parts.ts";
import { labelsOf, runtimeContainer, tokenKey } from "./objects.ts";

// TrainJobs of Kubeflow Trainer 2.3: a training runtime of the cluster with Leeway's program in it. docs/spec/training.md section 8.

const group = "trainer.kubeflow.org";
/** Whose patch of the runtime it is. */
const manager = "leeway.io/engine";

/**
 * The version of the API of TrainJobs that a cluster prefers: it is still to become stable.
 * @throws DomainError "unavailable" where the cluster has none
 */
export async function trainJobVersion(kubernetes: KubernetesClient, deadline: AbortSignal): Promise<string> {
  const version = await kubernetes.preferredVersion(group, deadline);
  if (version !== undefined) return version;
  const message =
    "This cluster does not know TrainJob: install Kubeflow Trainer, or remove the runtime from the engine.";
  throw new DomainError("unavailable", message);
}

/** Path of the TrainJobs of a namespace. */
export const trainJobsPath = (version: string, namespace: string) =>
  `/apis/${group}/${version}/namespaces/${namespace}/trainjobs`;

/** Name of the Job that Kubernetes has for the machines of a TrainJob. */
export const jobOfTrainJob = (id: string) => `${id}-${runtimeContainer}-0`;

/** A runtime says where its program starts, and a TrainJob cannot. */
const inWork = 'import os, sys; os.chdir("/work"); os.execvp("python3", ["python3"] + sys.argv[1:])';

/** Patches of the runtime among the fields of a job. */
const Fields = z.object({
  spec: z.object({ runtimePatches: z.array(z.object({ trainingRuntimeSpec: z.unknown().optional() })) }),
});

/**
 * The TrainJob of a launch: a training runtime whose Job "node" runs the wrapper, with Leeway's labels, files and grace. Without an image of the
 * job or the engine, that of the runtime counts.
 */
export function trainJobObject(
  launch: Launch,
  { settings, files, version }: { settings: KubernetesSettings; files: string; version: string },
): Record<string, unknown> {
  const { engineFields, resources } = launch.spec;
  const { labels, image, suspend, nodeSelector, ...parts } = launchParts(launch, { settings, files });
  const token = { secretKeyRef: { name: launch.id, key: tokenKey } };
  const { terminationGracePeriodSeconds, volumes, volumeMounts } = parts;
  const pod = {
    metadata: { labels: labelsOf(launch) },
    spec: {
      terminationGracePeriodSeconds,
      ...nodeSelector,
      containers: [{ name: runtimeContainer, volumeMounts }],
      volumes,
    },
  };
  const patch = {
    template: { spec: { replicatedJobs: [{ name: runtimeContainer, template: { spec: { template: pod } } }] } },
  };
  // Patches of the job become part of this one: those of another manager come later, and could take the pods out of Leeway's sight.
  const given = Fields.safeParse(engineFields).data?.spec.runtimePatches ?? [];
  const trainJob = {
    apiVersion: `${group}/${version}`,
    kind: "TrainJob",
    metadata: { name: launch.id, labels },
    spec: {
      runtimeRef: { apiGroup: group, kind: settings.runtimeKind, name: settings.runtime },
      suspend,
      activeDeadlineSeconds: parts.activeDeadlineSeconds,
      trainer: {
        ...(image && { image }),
        command: ["python3", "-c", inWork],
        args: parts.program,
        env: [
          ...parts.environment,
          { name: tokenKey, valueFrom: token },
          ...rankEnvironment(resources.nodes, `${jobOfTrainJob(launch.id)}-0.${launch.id}`),
        ],
        numNodes: resources.nodes,
        resourcesPerNode: parts.resources,
      },
      runtimePatches: [
        {
          manager,
          trainingRuntimeSpec: given.reduce<unknown>(
            (own, { trainingRuntimeSpec }) => mergeFields(trainingRuntimeSpec, own),
            patch,
          ),
        },
      ],
    },
  };
  return mergeFields(engineFields, trainJob) as Record<string, unknown>;
}
