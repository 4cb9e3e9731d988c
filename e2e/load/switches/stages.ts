import type { ExecutionSettings } from "#server/develop/registry/execution/contract.ts";

/** How a version is loaded in a part of the switches. */
export interface Stage {
  name: string;
  /** Of all switches. */
  share: number;
  isolation: ExecutionSettings["isolation"];
  previousVersionsLoaded: number;
}

/** The default comes first. It starts a process for each switch, which takes seconds on a small machine, so the cheaper ones have more. */
export const stages: readonly Stage[] = [
  { name: "in a process, then in threads", share: 0.05, isolation: "auto", previousVersionsLoaded: 0 },
  { name: "in threads", share: 0.25, isolation: "thread", previousVersionsLoaded: 0 },
  { name: "beside the version before", share: 0.7, isolation: "thread", previousVersionsLoaded: 1 },
];

/** Returns after how many switches each stage ends; the last ends after all of them. */
export function stageEnds(switches: number): { stage: Stage; end: number }[] {
  let share = 0;
  return stages.map((stage) => {
    share += stage.share;
    return { stage, end: Math.round(switches * share) };
  });
}
