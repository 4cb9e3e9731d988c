import type { RequestAnalysisAction } from "#components/watch/monitoring/analyses/request-button.tsx";
import type { ReadVersion } from "#server/develop/datasets/contract.ts";

/** What can be asked about on the page of an endpoint's quality, and by whom. */
export interface RequestState {
  endpointId: string;
  endpoint: string;
  /** Of the model that serves, newest first: "v4, champion". */
  versions: { id: string; label: string }[];
  /** That serves now. */
  currentId: string | undefined;
  /** Names of what clients send. */
  inputs: string[];
  /** Datasets whose rows Leeway has. */
  datasets: ReadVersion[];
  /** The range that the page shows, ISO. */
  from: string;
  to: string;
  request: RequestAnalysisAction;
  /** Why the buttons are off. */
  why: string | undefined;
}
