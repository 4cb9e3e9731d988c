import type { ExecutionSettings } from "#server/develop/registry/execution/contract.ts";

interface NumberField {
  key: Exclude<keyof ExecutionSettings, "preferredBatchSizes" | "isolation">;
  label: string;
  description: string;
  min: number;
  max: number;
  suffix: string;
}

/** The numbers among an endpoint's settings, in the order of the form; the limits are those of the contract. */
export const numberFields: readonly NumberField[] = [
  {
    key: "maxBatchSize",
    label: "Max batch size",
    min: 1,
    max: 1024,
    suffix: " rows",
    description: "Waiting requests are batched into one model run. Set to 1 to run each request separately.",
  },
  {
    key: "maxQueueDelayMicroseconds",
    label: "Batching delay",
    min: 0,
    max: 1_000_000,
    suffix: " µs",
    description: "How long a request waits for others to join its batch. 0 disables waiting.",
  },
  {
    key: "maxQueueSize",
    label: "Max queue length",
    min: 1,
    max: 10_000,
    suffix: " requests",
    description: "Additional requests are rejected with 503 and a Retry-After header.",
  },
  {
    key: "timeoutMs",
    label: "Timeout",
    min: 1,
    max: 600_000,
    suffix: " ms",
    description: "From the received request to its response. Requests can set a shorter timeout.",
  },
  {
    key: "priorityLevels",
    label: "Priority levels",
    min: 0,
    max: 16,
    suffix: " levels",
    description: "Requests can set a priority from 1 (highest). 0 ignores request priorities.",
  },
  {
    key: "defaultPriorityLevel",
    label: "Default priority",
    min: 0,
    max: 16,
    suffix: "",
    description: "For requests without a priority.",
  },
  {
    key: "runLimitMs",
    label: "Max run time",
    min: 100,
    max: 3_600_000,
    suffix: " ms",
    description: "Model runs that take longer are considered hung, and their worker is replaced.",
  },
];

/** Labels of the process isolation modes. */
export const isolations = [
  { value: "auto", label: "Isolated process until trusted" },
  { value: "process", label: "Always in an isolated process" },
  { value: "thread", label: "Always in gateway threads" },
] as const;

/** Parses "8, 16" as sizes; anything but an integer becomes NaN, which the contract rejects. */
export function readSizes(text: string): number[] {
  const words = text.split(/[\s,]+/).filter(Boolean);
  return words.map((word) => (/^\d+$/.test(word) ? Number(word) : Number.NaN));
}
