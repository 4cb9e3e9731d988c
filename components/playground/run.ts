import type { ActionState } from "#components/ui/action-state.ts";
import type { ExecutionProvider } from "#server/serving/contract.ts";
import type { OutputTensor } from "./outputs.ts";
import type { RequestInput } from "./request.ts";

/** What the playground asks the server to run. */
export interface RunRequest {
  model: string;
  versions: number[];
  /** Wished for; without one, as configured. */
  provider?: ExecutionProvider | undefined;
  inputs: RequestInput[];
}

/** Milliseconds of each part of an answer. */
export interface Timings {
  queueMs: number;
  prepareMs: number;
  modelMs: number;
  answerMs: number;
}

export interface VersionAnswer {
  outputs: OutputTensor[];
  provider: ExecutionProvider;
  /** Providers that were preferred and do not serve, with the reason. */
  fallbacks: { provider: ExecutionProvider; reason: string }[];
  timings: Timings;
  /** The body of the answer, as the gateway would send it. */
  response: string;
}

/** What became of one version. */
export type RanVersion = { version: number } & ({ answer: VersionAnswer } | { problem: string });

export type RunAction = (request: RunRequest) => Promise<ActionState<RanVersion[]>>;

export function totalMs({ queueMs, prepareMs, modelMs, answerMs }: Timings): number {
  return queueMs + prepareMs + modelMs + answerMs;
}
