import { z } from "zod";
import { limits } from "#server/base/limits.ts";

export const KeyValue = z.object({
  key: z.string().max(limits.nameLength),
  value: z.string().max(limits.textLength),
});
export type KeyValue = z.infer<typeof KeyValue>;

/** Lifecycle states that a search may return. */
export const viewTypes = ["ACTIVE_ONLY", "DELETED_ONLY", "ALL"] as const;
export type ViewType = (typeof viewTypes)[number];

export interface Page<Row> {
  rows: Row[];
  /** Token of the next page; undefined on the last. */
  nextPageToken: string | undefined;
}
