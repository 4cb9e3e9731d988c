import type { Routed } from "./count-rows.ts";

/** A request that chance assigned, from its start to the ages at which it counts. */
export interface CountedRequest extends Routed {
  arm: "stable" | "canary";
  /** Stands for the key of its unit; empty where each request is a unit. */
  unit: string;
  client: string;
  /** On the clock of performance.now(). */
  startedAt: number;
  /** Undefined while it is under way. */
  endedAt: number | undefined;
  /** Of its answer; 0 while it is under way. */
  status: number;
  /** Whether numbers of its answer are none, or out of range. */
  isInvalid: boolean;
  /** Of its answer; undefined where there is none to be told. */
  bin: number | undefined;
  cost: number | undefined;
  /** Whether its id is among those of which a successful request is kept: business events can be told of these only. */
  isSampled: boolean;
  /** Counts nowhere: a repeated one, or one that was answered without a run of its own. */
  isExcluded: boolean;
  /** Had not ended when its outcome was to be counted: it is counted when it ends. */
  isOverdue: boolean;
}

/** Metrics that look at how a request ended. */
type EndMetric = "errors" | "client-errors" | "invalid-outputs";

/** Whether an ended request is bad in a metric. What the client itself called off is not, and what came too fast is nobody's. */
export function isBad(metric: EndMetric, { status, isInvalid }: Pick<CountedRequest, "status" | "isInvalid">): boolean {
  if (metric === "errors") return status >= 500 || status === 408;
  if (metric === "client-errors") return status === 400 || status === 422;
  return isInvalid;
}

/** Whether a request was not answered within a time, whatever the answer. */
export function isSlow({ startedAt, endedAt }: Pick<CountedRequest, "startedAt" | "endedAt">, slowMs: number): boolean {
  return endedAt === undefined || endedAt - startedAt > slowMs;
}
