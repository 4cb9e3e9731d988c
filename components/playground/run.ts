import type { ActionState } from "#components/ui/action-state.ts";
import type { ExecutionProvider, RunAnswer } from "#server/serving/contract.ts";
import type { RequestInput } from "./request.ts";

/** What the playground asks the server to run. */
export interface RunRequest {
  versions: {
    versionId: string;
    version: number;
    /** What is wanted; all of the model's when left out. */
    outputs?: { name: string }[] | undefined;
  }[];
  /** Wished for; without one, as configured. */
  provider?: ExecutionProvider | undefined;
  inputs: RequestInput[];
}

/** What became of one version: its answer, or why there is none. */
export type RanVersion = { version: number } & ({ answer: RunAnswer } | { problem: string });

export type RunAction = (request: RunRequest) => Promise<ActionState<RanVersion[]>>;

export type Timings = RunAnswer["timings"];

/** Milliseconds of all parts of an answer. Loading the model is none of them: it happens once. */
export function totalMs({ queueMs, preprocessMs, runMs, postprocessMs }: Timings): number {
  return queueMs + preprocessMs + runMs + postprocessMs;
}
