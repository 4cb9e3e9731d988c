import { type SQL, sql } from "drizzle-orm";
import type { LineageKind } from "#server/develop/lineage/contract.ts";
import { nameAndDigest } from "./lineage-id.ts";

/** One end of a relation: how a statement writes the id of a node, and finds rows of some ids. */
export interface End {
  kind: LineageKind;
  id: SQL;
  isIn(ids: readonly string[]): SQL;
}

const arrays = { text: sql`text[]`, uuid: sql`uuid[]`, bigint: sql`bigint[]` };

/** The end of a kind whose id is one column. */
export function endOf(kind: LineageKind, column: SQL, type: keyof typeof arrays = "uuid"): End {
  return {
    kind,
    id: sql`${column}::text`,
    isIn: (ids) => sql`${column} = any(${sql.param([...ids])}::${arrays[type]})`,
  };
}

/** The end of a version on an endpoint. */
export function endOfPair(kind: "deployment" | "predictions", endpoint: SQL, version: SQL): End {
  return {
    kind,
    id: sql`${endpoint}::text || '/' || ${version}::text`,
    isIn: (ids) => sql`(${endpoint}, ${version}) in (
      select split_part(pair, '/', 1)::uuid, split_part(pair, '/', 2)::uuid from unnest(${sql.param([...ids])}::text[]) as pair)`,
  };
}

/** The end of a dataset version. */
export function endOfDataset(name: SQL, digest: SQL): End {
  return {
    kind: "dataset-version",
    id: sql`${name} || '@' || ${digest}`,
    isIn: (ids) => sql`(${name}, ${digest}) in (
      select name, digest from jsonb_to_recordset(${JSON.stringify(ids.map(nameAndDigest))}::jsonb) as wanted (name text, digest text))`,
  };
}
