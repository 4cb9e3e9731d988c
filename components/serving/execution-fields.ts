import type { ExecutionSettings } from "#server/serving/execution/contract.ts";

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
    ...{ key: "maxBatchSize", label: "Rows that run together", min: 1, max: 1024, suffix: " rows at most" },
    description: "Requests that wait are joined into one run of the model. 1 runs each by itself.",
  },
  {
    ...{ key: "maxQueueDelayMicroseconds", label: "Wait for others", min: 0, max: 1_000_000, suffix: " µs" },
    description: "How long a request waits for others to join its run. 0 makes nothing wait.",
  },
  {
    ...{ key: "maxQueueSize", label: "Requests that may wait", min: 1, max: 10_000, suffix: " requests" },
    description: "More are refused with 503 and told when to come back.",
  },
  {
    ...{ key: "timeoutMs", label: "Time limit", min: 1, max: 600_000, suffix: " ms" },
    description: "From the read request to its answer. A request can shorten it.",
  },
  {
    ...{ key: "priorityLevels", label: "Levels of priority", min: 0, max: 16, suffix: " levels" },
    description: "Requests may ask for 1, the highest, and below. 0 ignores what they ask for.",
  },
  {
    ...{ key: "defaultPriorityLevel", label: "Usual level", min: 0, max: 16, suffix: "" },
    description: "Of requests that ask for none.",
  },
  {
    ...{ key: "runLimitMs", label: "Longest run", min: 100, max: 3_600_000, suffix: " ms" },
    description: "A run of the model that takes longer counts as hung; its worker is replaced.",
  },
];

/** Where the model runs, in words for people. */
export const isolations = [
  { value: "auto", label: "In a process until it is trusted" },
  { value: "process", label: "Always in a process of its own" },
  { value: "thread", label: "Always in the gateway’s threads" },
] as const;

/** "8, 16" as sizes; what is no whole number becomes NaN, which the contract refuses. */
export function readSizes(text: string): number[] {
  const words = text.split(/[\s,]+/).filter(Boolean);
  return words.map((word) => (/^\d+$/.test(word) ? Number(word) : Number.NaN));
}
