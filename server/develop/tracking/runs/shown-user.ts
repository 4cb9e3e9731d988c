import { sql } from "drizzle-orm";
import { userTag } from "./tags.ts";

/**
 * Who started a row of `runs`, as every screen shows it and every filter, order and group means it: as the run itself says, or, for
 * clients that name their user only by a tag, as that says. Empty when nobody is named.
 */
export const shownUser = sql`coalesce(nullif(runs.user_name, ''),
  (select named.value from run_tags as named where named.run_id = runs.id and named.key = ${userTag}), '')`;
