import { z } from "zod";
import { type JobKind, queueOptions } from "./kinds.ts";
import { type WatcherName, watcherPurposes } from "./watcher-names.ts";

/** What sets items aside: watchers, and kinds of jobs. */
const names = [...Object.keys(watcherPurposes), ...Object.keys(queueOptions)] as [WatcherName | JobKind];

export const RetrySetAsideItem = z.object({
  /** Name of a watcher, or kind of a job. */
  watcher: z.enum(names),
  item: z.string().min(1).max(200),
});
export type RetrySetAsideItem = z.input<typeof RetrySetAsideItem>;
