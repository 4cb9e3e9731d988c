import type { Seen } from "../../contract.ts";
import type { Job, Pod } from "./objects.ts";
import { failureOfGang, firstFailed, seenOfGang } from "./seen-of-gang.ts";
import { containerOf, type Found, failureOf, failureOfEnd, isOutOfMemory, isTrue, seenOfPod } from "./seen-of-pod.ts";

/**
 * Says what a Job of Kubernetes, or a TrainJob, is in Leeway's words, from it and its pods. Not yet tried on a cluster.
 * docs/spec/training.md section 8.
 * @param now milliseconds since 1970
 */
export function seenOfJob(job: Job, pods: readonly Pod[], now: number): Seen {
  return { ...find(job, pods, now), at: new Date(now).toISOString() };
}

/** The pod whose log says why a Job ended. */
export const tellingPod = (job: Job, pods: readonly Pod[]) => (isGang(job) && firstFailed(pods)) || newest(pods);

/** Whether a Job has a pod for each of several machines. */
const isGang = ({ spec }: Job) => spec.completionMode === "Indexed" && (spec.completions ?? 1) > 1;

function find(job: Job, pods: readonly Pod[], now: number): Found {
  const conditions = job.status?.conditions;
  if (isTrue(conditions, "Complete")) return { state: "ended", code: 0, ...failureBefore(pods) };
  const failed = isTrue(conditions, "Failed");
  if (isGang(job)) {
    // The others are being asked to end: that takes their grace, and what rank 0 then says is no cause.
    const ending = failed ?? isTrue(conditions, "FailureTarget");
    if (ending) return { state: "ended", ...failureOfGang(ending, pods) };
    if (job.spec.suspend) return { state: "waiting", reason: describeQueue(job) };
    if (isTrue(conditions, "SuccessCriteriaMet")) return { state: "ended", code: 0 };
    const { cause, ...found } = seenOfGang(pods, job.spec.completions ?? 1, now);
    // One that failed is missing too, for a moment.
    return cause && !(found.state === "starting" && hasFailed(job)) ? { ...found, cause } : found;
  }
  const pod = newest(pods);
  if (failed) return { state: "ended", ...failureOf(failed, pod) };
  if (job.spec.suspend) return { state: "waiting", reason: describeQueue(job) };
  if (!pod) return { state: "starting", reason: "Kubernetes has not created a pod yet." };
  return seenOfPod(pod, now);
}

/** The pod that was made last: one takes the place of another that its node lost. */
function newest(pods: readonly Pod[]): Pod | undefined {
  const made = ({ metadata }: Pod) => Date.parse(metadata.creationTimestamp ?? "") || 0;
  return pods.reduce<Pod | undefined>((last, pod) => (last && made(last) >= made(pod) ? last : pod), undefined);
}

/** What ran out of memory before its pod started it again. Leeway refuses the wrapper of that, which then ends with 0. */
function failureBefore(pods: readonly Pod[]): Partial<Seen> {
  const ended = pods.map(({ status }) => containerOf(status)?.lastState?.terminated).find(isOutOfMemory);
  return ended ? failureOfEnd(ended, "") : {};
}

const hasFailed = ({ status }: Job) => Boolean(status?.failed || status?.uncountedTerminatedPods?.failed?.length);

function describeQueue({ metadata }: Job): string {
  const queue = metadata.labels?.["kueue.x-k8s.io/queue-name"];
  return queue ? `Waiting in the Kueue queue ${queue}.` : "It is suspended in Kubernetes.";
}
