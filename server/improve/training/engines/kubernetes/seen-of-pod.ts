import type { Seen } from "../../contract.ts";
import { type Condition, container, type Pod, runtimeContainer, type Terminated } from "./objects.ts";

/** Why a container cannot start: no try of the kubelet will change it. */
const hopeless = new Set([
  "InvalidImageName",
  "ErrImageNeverPull",
  "CreateContainerConfigError",
  "CreateContainerError",
  "RunContainerError",
]);
/** Images may come later: a registry that was away. */
const pullErrors = new Set(["ErrImagePull", "ImagePullBackOff"]);
/** The kubelet has tried about three times by then. */
const pullMs = 3 * 60_000;
/** Ends of a container that never ran its program. */
const notStarted = new Set(["StartError", "ContainerCannotRun"]);

/** What is seen without the time of it. */
export type Found = Omit<Seen, "at">;

/** Says what a pod is that has not ended. @param now milliseconds since 1970 */
export function seenOfPod({ metadata, status }: Pod, now: number): Found {
  const unscheduled = status?.conditions?.find(({ type, status }) => type === "PodScheduled" && status === "False");
  if (unscheduled) return { state: "waiting", reason: unscheduled.message ?? "No machine has room for it." };
  const { waiting } = containerOf(status)?.state ?? {};
  const reason = waiting?.reason ?? "";
  if (
    waiting &&
    (hopeless.has(reason) || (pullErrors.has(reason) && now - Date.parse(metadata.creationTimestamp ?? "") >= pullMs))
  ) {
    return {
      state: "ended",
      code: null,
      cause: "never-started",
      reason: [reason, waiting.message].filter(Boolean).join(": "),
    };
  }
  const ended = waiting && endOf(status);
  if (ended) return { state: "ended", ...failureOfEnd(ended, reason) };
  if (waiting) return { state: "starting", ...(reason && { reason }) };
  // The Job says a moment later how it ended.
  if (status?.phase === "Pending") return { state: "starting" };
  return { state: "running" };
}

/** The container that runs the program. */
export const containerOf = (status: Pod["status"]) =>
  status?.containerStatuses?.find(({ name }) => name === container || name === runtimeContainer);

/** How the container that runs the program ended; also of one that is to be started again because it failed each time. */
export function endOf(status: Pod["status"]): Terminated | undefined {
  const { state, lastState } = containerOf(status) ?? {};
  return state?.waiting?.reason === "CrashLoopBackOff" ? lastState?.terminated : state?.terminated;
}

/** Says why a Job has failed, by its condition and the pod that failed. */
export function failureOf(
  { reason, message }: Pick<Condition, "reason" | "message">,
  pod: Pod | undefined,
): Partial<Seen> {
  const words = [reason, message].filter(Boolean).join(": ");
  if (reason === "DeadlineExceeded") return { code: null, signal: "SIGTERM", cause: "time-limit", reason: words };
  if (reason === "TrainingRuntimeNotSupported") return { code: null, cause: "never-started", reason: words };
  const disruption = isTrue(pod?.status?.conditions, "DisruptionTarget");
  const ended = endOf(pod?.status);
  if (ended && isOutOfMemory(ended)) return failureOfEnd(ended, words);
  if (disruption) {
    const why = [disruption.reason, disruption.message].filter(Boolean).join(": ");
    // A node that vanished has asked nobody; everything else sends SIGTERM first.
    if (disruption.reason === "DeletionByPodGC") return { code: null, cause: "lost", reason: why };
    return { code: null, signal: "SIGTERM", cause: "preempted", reason: why };
  }
  if (pod?.status?.reason === "Evicted")
    return { code: null, cause: "lost", reason: `Evicted: ${pod.status.message ?? ""}` };
  return ended ? failureOfEnd(ended, words) : { code: null, cause: "lost", reason: words };
}

/** Says why a container failed, by its end alone. @param words why its Job failed */
export function failureOfEnd(ended: Terminated, words: string): Partial<Seen> {
  if (isOutOfMemory(ended)) {
    return { code: ended.exitCode, cause: "out-of-memory", reason: "Out of memory, according to Kubernetes." };
  }
  if (ended.reason && notStarted.has(ended.reason)) {
    return { code: null, cause: "never-started", reason: [ended.reason, ended.message].filter(Boolean).join(": ") };
  }
  return { code: ended.exitCode, reason: words };
}

export const isOutOfMemory = (ended: Terminated | undefined): boolean => ended?.reason === "OOMKilled";

/** The condition, if it holds. */
export function isTrue(conditions: Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find((condition) => condition.type === type && condition.status === "True");
}
