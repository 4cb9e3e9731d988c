import { sql } from "drizzle-orm";
import { userTag } from "./tags.ts";

/**
 * User who started a row of `runs`, as used for display, filters, order and groups: the run's own user or, for clients that set their
 * user only in a tag, the tag. Empty when there is neither.
 */
export const shownUser = sql`coalesce(nullif(runs.user_name, ''),
  (select named.value from run_tags as named where named.run_id = runs.id and named.key = ${userTag}), '')`;
