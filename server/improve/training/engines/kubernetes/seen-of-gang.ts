import { minuteMs } from "#server/base/durations.ts";
import type { Seen } from "../../contract.ts";
import { type Condition, label, type Pod } from "./objects.ts";
import { containerOf, endOf, type Found, failureOf, isTrue, seenOfPod } from "./seen-of-pod.ts";

/** From the start of the first machine: the others would have come by then, and those that are there wait at full price. */
const wholeMs = 10 * minuteMs;

/**
 * Says what a Job on several machines is that has not ended. One that will not start whole is "starting", with the cause "never-started".
 * docs/spec/training.md section 8. @param now milliseconds since 1970
 */
export function seenOfGang(all: readonly Pod[], machines: number, now: number): Found {
  if (all.some((pod) => rankOf(pod) === 0 && exitCodeOf(pod) === 0)) return { state: "ended", code: 0 };
  // One that is being taken away makes room for another of its rank.
  const pods = all.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  // The Job says a moment later that it failed; what rank 0 reports meanwhile has another reason.
  const failed = all.find(isDisrupted) ?? firstFailed(pods);
  if (failed) return { state: "ended", ...failureOfGang({}, [failed]) };
  const started = pods.flatMap((pod) => startOf(pod) ?? []);
  if (started.length >= machines) return { state: "running" };
  const missing = pods.filter((pod) => startOf(pod) === undefined).map((pod) => ({ pod, seen: seenOfPod(pod, now) }));
  const hopeless = missing.find(({ seen }) => seen.state === "ended");
  if (hopeless) {
    const reason = `Rank ${rankOf(hopeless.pod)}: ${hopeless.seen.reason}`;
    return { state: "starting", cause: "never-started", reason };
  }
  if (pods.length === 0) return { state: "starting", reason: "Kubernetes has not created a pod yet." };
  const why = missing.find(({ seen }) => seen.reason)?.seen.reason ?? "";
  if (missing.length === pods.length && missing.every(({ seen }) => seen.state === "waiting")) {
    return { state: "waiting", reason: why };
  }
  const count = `${started.length} of ${machines} machines`;
  if (now - Math.min(...started) >= wholeMs) {
    const reason = `Only ${count} started within 10 minutes. ${why || "Kubernetes created no pod for the others."}`;
    return { state: "starting", cause: "never-started", reason };
  }
  return { state: "starting", reason: `${count} have started. ${why}`.trim() };
}

/** Says why a Job on several machines failed: by the first one that did, as the others fail without it, or are asked to end. */
export function failureOfGang(condition: Pick<Condition, "reason" | "message">, pods: readonly Pod[]): Partial<Seen> {
  const pod = firstFailed(pods);
  const failure = failureOf(condition, pod);
  const rank = pod ? rankOf(pod) : 0;
  if (rank === 0 || failure.cause === "time-limit") return failure;
  const reason = `Rank ${rank}: ${failure.reason || `exit code ${failure.code}`}`;
  return { ...failure, rank, reason };
}

/** The pod that failed first: one that was taken away, else the one that ended first, of those that nobody deleted. */
export function firstFailed(pods: readonly Pod[]): Pod | undefined {
  const failed = pods.filter(
    (pod) => isDisrupted(pod) || pod.status?.phase === "Failed" || (exitCodeOf(pod) ?? 0) !== 0,
  );
  const order = (pod: Pod) => (isDisrupted(pod) ? 0 : pod.metadata.deletionTimestamp === undefined ? 1 : 2);
  const endedAt = ({ status }: Pod) => timeOf(endOf(status)?.finishedAt);
  return failed.toSorted((a, b) => order(a) - order(b) || endedAt(a) - endedAt(b) || rankOf(a) - rankOf(b))[0];
}

const exitCodeOf = ({ status }: Pod) => endOf(status)?.exitCode;

const isDisrupted = ({ status }: Pod) => isTrue(status?.conditions, "DisruptionTarget") !== undefined;

const rankOf = ({ metadata }: Pod) => Number(metadata.annotations?.[label.index] ?? 0);

/** When the program of a pod started; undefined before. */
function startOf({ status }: Pod): number | undefined {
  const { running, terminated } = containerOf(status)?.state ?? {};
  return running || terminated ? timeOf((running ?? terminated)?.startedAt) : undefined;
}

/** Milliseconds since 1970; a time that is not told yet is later than any other. */
const timeOf = (text: string | null | undefined) => Date.parse(text ?? "") || Number.MAX_SAFE_INTEGER;
