import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";

/** Whether the caller may use what belongs to this endpoint, or to none: a token may be limited to some endpoints. */
export function mayUse({ actor }: Context, endpoint: string | null): boolean {
  return actor.endpoints === undefined || (endpoint !== null && actor.endpoints.includes(endpoint));
}

/**
 * Requires access to an endpoint.
 * @throws DomainError "forbidden" for a token that is limited to other endpoints, whether this one exists or not. The message does not
 * name this endpoint, which the caller may have found by an ID.
 */
export function permitEndpoint(ctx: Context, endpoint: string): void {
  if (mayUse(ctx, endpoint)) return;
  const allowed = ctx.actor.endpoints?.map((name) => `"${name}"`).join(", ");
  throw new DomainError(
    "forbidden",
    `This token is limited to ${allowed}. Create one for the other endpoint under Settings, Tokens.`,
  );
}

/** Requires access to all endpoints. @throws DomainError "forbidden" for a token that is limited to some endpoints. */
export function permitAnyEndpoint({ actor }: Context, what: string): void {
  if (actor.endpoints === undefined) return;
  throw new DomainError("forbidden", `This token is limited to certain endpoints and cannot ${what}.`);
}
