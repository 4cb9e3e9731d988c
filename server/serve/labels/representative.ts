import { type SQL, type SQLWrapper, sql } from "drizzle-orm";

/**
 * Returns the condition under which a rate may count a label: it was reported, or people gave it to a request drawn at random. Requests that
 * were chosen for a reason represent only themselves: among its most uncertain tenth a model of 90 % accuracy measures 57 %
 * (docs/spec/labelling.md section 12).
 */
export function isRepresentative(selection: SQLWrapper): SQL {
  return sql`${selection} in ('reported', 'audit')`;
}
