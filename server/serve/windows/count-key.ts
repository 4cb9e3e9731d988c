import { type Arm, windowSeconds } from "./contract.ts";

/** What requests are counted by. */
export interface CountKey {
  workspaceId: string;
  endpointId: string;
  versionId: string;
  arm: Arm;
  /** Where the version ran; "none" for what came while it was not loaded. */
  provider: string;
}

/** The window that a moment falls into; both in milliseconds since 1970. */
export function windowStartOf(nowMs: number): number {
  return Math.floor(nowMs / (windowSeconds * 1000)) * windowSeconds * 1000;
}
