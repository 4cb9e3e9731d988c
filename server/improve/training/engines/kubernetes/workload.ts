import type { z } from "zod";
import type { Launch } from "../engine.ts";
import { jobObject } from "./job-object.ts";
import type { KubernetesClient } from "./kubernetes-client.ts";
import type { KubernetesSettings } from "./launch-parts.ts";
import { Job, TrainJob } from "./objects.ts";
import { trainJobObject, trainJobsPath, trainJobVersion } from "./train-job.ts";

/** What an engine runs launches as on a cluster: a Job, or a TrainJob of its training runtime. */
export interface Workload {
  /** Of the API; "batch/v1" is that of Jobs. */
  version: string;
  /** Where the objects are. */
  path: string;
  /** Where one is created. */
  createPath: string;
  shape: z.ZodType<Job>;
  isTrainJob: boolean;
  /** @param files name of the ConfigMap with the files that pods start with */
  object(launch: Launch, files: string): Record<string, unknown>;
}

/** Path of the Jobs of a namespace. */
export const jobsPath = (namespace: string) => `/apis/batch/v1/namespaces/${namespace}/jobs`;

/** @throws DomainError "unavailable" where the engine names a training runtime, and the cluster has no TrainJobs */
export async function workloadOf(
  settings: KubernetesSettings,
  kubernetes: KubernetesClient,
  deadline: AbortSignal,
): Promise<Workload> {
  if (!settings.runtime) {
    const path = jobsPath(settings.namespace);
    const object = (launch: Launch, files: string) => jobObject(launch, { settings, files });
    return { version: "batch/v1", path, createPath: path, shape: Job, isTrainJob: false, object };
  }
  const version = await trainJobVersion(kubernetes, deadline);
  const path = trainJobsPath(version, settings.namespace);
  return {
    version,
    path,
    // An older Trainer would leave out fields that it does not know without a word, and the wrapper with them.
    createPath: `${path}?fieldValidation=Strict`,
    shape: TrainJob,
    isTrainJob: true,
    object: (launch, files) => trainJobObject(launch, { settings, files, version }),
  };
}
