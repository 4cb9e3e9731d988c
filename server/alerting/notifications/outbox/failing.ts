import { type SQL, sql } from "drizzle-orm";
import { notifications } from "#db/schema/index.ts";

/**
 * Attempts after which a page that still waits counts as failed, until it is delivered after all: the second follows the first within
 * seconds, and whoever is next must not wait for the day in which it is retried.
 */
export const failedAttempts = 2;

/** Condition for messages that did not arrive, and may never: dead letters, and those whose attempts keep failing. */
export function isFailing(): SQL {
  const { state, attempts } = notifications;
  return sql`(${state} = 'dead' or (${state} = 'pending' and ${attempts} >= ${failedAttempts}))`;
}

/** Condition for messages that were delivered, or may be at the next attempt: none waits behind one whose attempts keep failing. */
export function isArriving(): SQL {
  const { state, turn, lane, sequence } = notifications;
  return sql`(${state} <> 'cancelled' and not ${isFailing()} and not (${state} = 'pending' and exists (
    select from notifications as head
    where head.turn = ${turn} and head.lane = ${lane} and head.sequence < ${sequence}
      and head.state = 'pending' and head.attempts >= ${failedAttempts}
  )))`;
}
