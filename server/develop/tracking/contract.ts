import { z } from "zod";

export const KeyValue = z.object({
  key: z.string(),
  value: z.string(),
});
export type KeyValue = z.infer<typeof KeyValue>;

/** What a search may return by its state. */
export const viewTypes = ["ACTIVE_ONLY", "DELETED_ONLY", "ALL"] as const;
export type ViewType = (typeof viewTypes)[number];

export interface Page<Row> {
  rows: Row[];
  /** Of the next page; undefined on the last. */
  nextPageToken: string | undefined;
}
