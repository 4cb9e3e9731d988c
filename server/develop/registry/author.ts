import type { Context } from "#server/base/context.ts";
import { personOf } from "#server/platform/identity/person-of.ts";

export interface Author {
  actorKind: "user" | "token" | "system";
  actorId: string;
  actorName: string;
  /** The person behind it; null for Leeway itself. */
  personId: string | null;
}

/** Returns the acting user or service in the form stored in the registry's history. */
export async function authorOf(ctx: Context): Promise<Author> {
  const { kind, id, name } = ctx.actor;
  return { actorKind: kind, actorId: id, actorName: name, personId: await personOf(ctx) };
}
