import type { VersionBlock } from "#server/release/endpoints/blocks/contract.ts";

/** Describes why a version is blocked on an endpoint: "Blocked: errors rose 4×". */
export function describeBlock({ reason, blockedBy }: Pick<VersionBlock, "reason" | "blockedBy">): string {
  return `Blocked: ${reason.trim().replace(/\.$/, "") || `rolled back by ${blockedBy} without a reason`}`;
}
