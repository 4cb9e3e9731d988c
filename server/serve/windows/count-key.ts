import { type Arm, windowSeconds } from "./contract.ts";

/** Key by which requests are counted. */
export interface CountKey {
  workspaceId: string;
  endpointId: string;
  versionId: string;
  arm: Arm;
  /** Provider that ran the version; "none" for requests received while it was not loaded. */
  provider: string;
}

/** Returns the start of the window that contains a time; both in milliseconds since 1970. */
export function windowStartOf(nowMs: number): number {
  return Math.floor(nowMs / (windowSeconds * 1000)) * windowSeconds * 1000;
}
