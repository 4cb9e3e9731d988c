import { sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { type Rejected, storePart } from "#server/serve/telemetry/store-part.ts";
import type { PackedMinute } from "./contract.ts";

/** Bytes of states in one statement, about. */
const maxBytes = 4 * 2 ** 20;

/**
 * Writes minutes of one gateway, each from its start on, so that writing one twice, or later with more rows, equals writing only the
 * last; one with fewer rows than stored has no effect. Minutes of deleted endpoints are skipped.
 * @returns the minutes that Postgres rejects; all others are stored @throws when Postgres does not respond
 */
export async function storeStates(
  db: Database,
  gatewayId: string,
  minutes: readonly PackedMinute[],
): Promise<Rejected<PackedMinute>> {
  const all: Rejected<PackedMinute> = { rejected: [], reason: "" };
  for (const part of inParts(minutes)) {
    const { rejected, reason } = await storePart(part, (some) => write(db, gatewayId, some));
    all.rejected.push(...rejected);
    all.reason ||= reason;
  }
  return all;
}

async function write(db: Database, gatewayId: string, part: readonly PackedMinute[]): Promise<void> {
  const rows = part.map(({ start, state, ...rest }) => ({
    ...rest,
    start: new Date(start).toISOString(),
    state: state.toString("base64"),
  }));
  await db.execute(sql`
    insert into feature_states (workspace_id, endpoint_id, version_id, arm, segment, profile_id, grain, start, gateway_id, rows, state)
    select "workspaceId", "endpointId", "versionId", arm, segment, "profileId", 'minute', start, ${gatewayId}, rows, decode(state, 'base64')
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as given("workspaceId" uuid, "endpointId" uuid, "versionId" uuid, arm text,
      segment text, "profileId" uuid, start timestamptz, rows bigint, state text)
    where exists (select from endpoints where id = "endpointId" and workspace_id = "workspaceId")
    on conflict (endpoint_id, grain, start, version_id, segment, arm, profile_id, gateway_id) do update
    set rows = excluded.rows, state = excluded.state where excluded.rows > feature_states.rows`);
}

function inParts(minutes: readonly PackedMinute[]): PackedMinute[][] {
  const parts: PackedMinute[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const minute of minutes) {
    if (bytes > maxBytes) {
      parts.push([]);
      bytes = 0;
    }
    parts.at(-1)?.push(minute);
    bytes += minute.state.length;
  }
  return parts;
}
