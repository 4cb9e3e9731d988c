import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Database } from "#db/client.ts";
import { rowOf } from "#server/base/rows-of.ts";
import { arrivalsSince, positionNow } from "#server/develop/features/arrivals/follow-arrivals.ts";
import { removalStates } from "#server/develop/features/removal/removals.ts";
import { postgresRows } from "#server/develop/features/rows/postgres-rows.ts";
import type { FollowedStore } from "./held-views.ts";

const Size = z.object({ rows: z.number(), packedBytes: z.number() });

/** Postgres as what views are read from and followed. */
export function followedStore(db: Database): FollowedStore {
  const rows = postgresRows(db);
  return {
    sizeOf: async (number, maxRows) => {
      const result = await db.execute(sql`
        select count(*)::int as rows, coalesce(sum(octet_length(key) + octet_length(packed)), 0)::float8 as "packedBytes"
        from (select key, packed from feature_latest where view_number = ${number} limit ${maxRows}) as first`);
      return rowOf(Size, result);
    },
    scan: (number) => rows.scan({ number }),
    position: () => positionNow(db),
    removals: (numbers) => removalStates(db, numbers),
    arrivals: (since, numbers) => arrivalsSince(db, since, numbers),
  };
}
