import type { Launch } from "../engine.ts";
import { label, labelsOf } from "./objects.ts";

// Several machines of one job: the pods of an Indexed Job, each with a host name of its own. docs/spec/training.md section 8.

/** Where the Job's controller writes the rank of a pod. */
const rankField = `metadata.annotations['${label.index}']`;

/**
 * The Service without an address of its own that gives the pods of a job their host names. It goes with its Job.
 * @param uid of the Job
 */
export const serviceObject = (launch: Launch, uid?: string) => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: {
    name: launch.id,
    labels: labelsOf(launch),
    ...(uid !== undefined && { ownerReferences: [{ apiVersion: "batch/v1", kind: "Job", name: launch.id, uid }] }),
  },
  spec: {
    clusterIP: "None",
    // The first machine is looked for before all others are there.
    publishNotReadyAddresses: true,
    selector: { [label.launch]: launch.id },
  },
});

/** Fields of a Job with a pod for each machine. All start at once, one that fails ends all, and rank 0 says when the work is done. */
export const indexedFields = (machines: number) => ({
  completionMode: "Indexed",
  completions: machines,
  parallelism: machines,
  successPolicy: { rules: [{ succeededIndexes: "0" }] },
});

/** Host name of rank 0. A Job of Kubernetes calls its pods by its name and their index. */
export const mainAddress = ({ id }: Pick<Launch, "id">) => `${id}-0.${id}`;

/** What each machine knows of the others; nothing for a single one. @param address host name of rank 0 */
export const rankEnvironment = (machines: number, address: string) =>
  machines === 1
    ? []
    : [
        { name: "LEEWAY_RANK", valueFrom: { fieldRef: { fieldPath: rankField } } },
        { name: "LEEWAY_NODES", value: String(machines) },
        { name: "LEEWAY_MAIN_ADDRESS", value: address },
      ];
