import type { GateStatus } from "../../../develop/registry/gates/contract.ts";
import type { Obstacle } from "../../../serve/rollout/contract.ts";

/** A gate of the version, as the review names it. */
interface ChoiceGate {
  title: string;
  status: GateStatus;
  /** The result, or who waived it until when. */
  words: string;
}

/** A version that an endpoint could be moved to, with what is known of it before the start. */
export interface StartChoice {
  versionId: string;
  model: string;
  version: number;
  aliases: readonly string[];
  /** Run that trained it; null if it was uploaded, or the run was deleted. */
  run: { id: string; name: string; experimentId: number } | null;
  /** Milliseconds since 1970. */
  registeredAt: number;
  description: string;
  /** Measured values of metric gates, as shown: the same titles for every version. */
  measures: readonly { title: string; value: string }[];
  gates: readonly ChoiceGate[];
  /** serving: the endpoint serves it now; before: it did once; new: never. */
  status: "serving" | "before" | "new";
  /** When it was last deployed here, in milliseconds since 1970. */
  deployedAt: number | null;
  /** Why it cannot be served at all; undefined if it can. */
  problem?: string | undefined;
  /** Worst first; empty if it can be chosen. */
  obstacles: readonly Obstacle[];
}
