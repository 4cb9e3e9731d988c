import type { LineageKind } from "#server/develop/lineage/contract.ts";

/** Returns the address of the lineage of something. @param id as `lineageKinds` describes it */
export function lineageHref(kind: LineageKind, id: string): string {
  return `/lineage?${new URLSearchParams({ kind, id })}`;
}
