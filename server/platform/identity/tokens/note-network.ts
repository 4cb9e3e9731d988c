import { and, asc, eq, inArray, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { tokenNetworks } from "#db/schema/index.ts";
import { dayMs } from "#server/base/durations.ts";
import { limits } from "#server/base/limits.ts";
import { log } from "#server/base/log.ts";
import { record } from "#server/platform/audit/record.ts";
import { siteOf } from "#server/platform/network/site-of.ts";

/** Action of the audit log. */
export const newNetworkAction = "token.used-from-new-network";

interface UsedToken {
  id: string;
  workspaceId: string;
  prefix: string;
  name: string;
  ownerName: string;
}

/**
 * Records the first use of a token from a network in the audit log of its workspace, except the very first use. Called at most once a
 * minute per token. A failure is only logged: tokens work without it.
 */
export async function noteNetwork(db: Database, token: UsedToken, address: string | undefined): Promise<void> {
  if (address === undefined) return;
  await addNetwork(db, token, address).catch((cause: unknown) =>
    log.warn("token.network_not_recorded", { tokenId: token.id, cause }),
  );
}

async function addNetwork(db: Database, token: UsedToken, address: string): Promise<void> {
  const { id: tokenId, workspaceId, prefix, name, ownerName } = token;
  const network = siteOf(address);
  const now = new Date();
  const { rowCount } = await db
    .update(tokenNetworks)
    .set({ lastUsedAt: now })
    .where(and(eq(tokenNetworks.tokenId, tokenId), eq(tokenNetworks.network, network)));
  if (rowCount === 1) return;
  await db.transaction(async (db) => {
    await db.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`token networks ${tokenId}`}, 0))`);
    const known = await db
      .select()
      .from(tokenNetworks)
      .where(eq(tokenNetworks.tokenId, tokenId))
      .orderBy(asc(tokenNetworks.lastUsedAt));
    if (known.some((each) => each.network === network)) return;
    await db.insert(tokenNetworks).values({ tokenId, network, firstUsedAt: now, lastUsedAt: now });
    const oldest = known.slice(0, Math.max(0, known.length + 1 - limits.tokenNetworks)).map((each) => each.network);
    if (oldest.length > 0) {
      await db
        .delete(tokenNetworks)
        .where(and(eq(tokenNetworks.tokenId, tokenId), inArray(tokenNetworks.network, oldest)));
    }
    const recent = known.filter(({ firstUsedAt }) => now.getTime() - firstUsedAt.getTime() < dayMs);
    if (known.length === 0 || recent.length > limits.tokenNetworkEntries) return;
    const actor = { kind: "token", id: tokenId, name: `${ownerName} (${name})`, workspaceId, address } as const;
    const ctx = { db, actor: { ...actor, role: "viewer" as const } };
    await record(ctx, newNetworkAction, { subject: `token/${prefix}`, after: { name, ownerName, network } });
  });
}
