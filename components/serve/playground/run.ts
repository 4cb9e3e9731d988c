import type { ActionState } from "#components/ui/action-state.ts";
import type {
  BatchItem,
  ExplainVersion,
  OutputDifference,
  PlaygroundRun,
  RanSide,
  RunBatchItems,
  RunVersions,
  StartBatch,
} from "#server/serve/playground/contract.ts";
import type { RunResult } from "#server/serve/runner/contract.ts";

export type RunRequest = RunVersions;

/** Result by side, in the order of the request. */
export interface Ran {
  runId: string;
  ran: RanSide[];
  difference: OutputDifference[];
}

type Action<Input, Data> = (input: Input) => Promise<ActionState<Data>>;

export type RunAction = Action<RunRequest, Ran>;

/** Server actions used by the playground. */
export interface PlaygroundActions {
  run: RunAction;
  explain: Action<ExplainVersion, { id: string }>;
  poll: Action<string, PlaygroundRun>;
  cancel: Action<string, unknown>;
  startBatch: Action<StartBatch, { id: string }>;
  runItems: Action<RunBatchItems, BatchItem[]>;
  label: Action<{ endpointId: string; requestId: string; label: string }, unknown>;
  /** Lets annotators label a request. */
  sendToLabels: Action<{ endpointId: string; requestId: string }, { project: string; isNew: boolean }>;
}

export type Timings = RunResult["timings"];

/** Sums the milliseconds of all parts of a prediction, except loading the model, which happens only once. */
export function totalMs({ queueMs, preprocessMs, runMs, postprocessMs }: Timings): number {
  return queueMs + preprocessMs + runMs + postprocessMs;
}

/** Describes why an action failed, in a sentence. */
export function failureReason({ error, fieldErrors }: ActionState): string {
  return error ?? Object.values(fieldErrors ?? {})[0] ?? "Internal error; see the server log. Try again.";
}

export const unreachable = "Could not reach the server. Check your connection and try again.";
