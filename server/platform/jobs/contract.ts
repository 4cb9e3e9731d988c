import { z } from "zod";
import { type WatcherName, watcherPurposes } from "./watcher-names.ts";

export const RetrySetAsideItem = z.object({
  watcher: z.enum(Object.keys(watcherPurposes) as [WatcherName, ...WatcherName[]]),
  item: z.string().min(1).max(200),
});
export type RetrySetAsideItem = z.input<typeof RetrySetAsideItem>;
