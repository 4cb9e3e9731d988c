import type { RequestAnalysisAction } from "#components/watch/monitoring/analyses/request-button.tsx";
import type { ReadVersion } from "#server/develop/datasets/contract.ts";

/** Analyses that can be requested on an endpoint's quality page, and the permission to do so. */
export interface RequestState {
  endpointId: string;
  endpoint: string;
  /** Versions of the serving model, newest first: "v4, champion". */
  versions: { id: string; label: string }[];
  /** That serves now. */
  currentId: string | undefined;
  /** Names of what clients send. */
  inputs: string[];
  /** Datasets whose rows Leeway has stored. */
  datasets: ReadVersion[];
  /** The range that the page shows, ISO. */
  from: string;
  to: string;
  request: RequestAnalysisAction;
  /** Reason why the buttons are disabled. */
  why: string | undefined;
}
