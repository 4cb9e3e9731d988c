import { type SQL, sql } from "drizzle-orm";
import { apiTokens } from "#db/schema/index.ts";

/** Maximum number of tokens above a token, each created with the one before, so that a look-up stays fast. */
export const maxAncestors = 8;

/** Tokens above a row of api_tokens, each created with the next. The column is spelt out: drizzle shortens names where only one table is. */
const ancestors = sql`
  with recursive ancestor as (
    select id, parent_token_id, user_id, workspace_id, revoked_at, expires_at from api_tokens as parent
    where parent.id = api_tokens.parent_token_id
    union
    select parent.id, parent.parent_token_id, parent.user_id, parent.workspace_id, parent.revoked_at, parent.expires_at
    from ancestor join api_tokens as parent on parent.id = ancestor.parent_token_id
  )`;

/** Condition on api_tokens: a token above was revoked, has expired, or its owner lost the workspace. */
export const hasInvalidAncestor: SQL<boolean> = sql<boolean>`(api_tokens.parent_token_id is not null and exists (
  ${ancestors}
  select 1 from ancestor
  left join memberships as member on member.user_id = ancestor.user_id and member.workspace_id = ancestor.workspace_id
  where ancestor.revoked_at is not null or ancestor.expires_at <= now()
    or member.user_id is null or member.disabled_at is not null
))`;

/** Time at which a token above was revoked first. */
export const ancestorRevokedAt: SQL<Date | null> = sql`(${ancestors} select min(revoked_at) from ancestor)`.mapWith(
  apiTokens.revokedAt,
);

/** Number of tokens above. */
export const ancestorCount: SQL<number> = sql<number>`(${ancestors} select count(*)::int from ancestor)`;
