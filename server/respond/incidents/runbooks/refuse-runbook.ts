import { and, eq, ne } from "drizzle-orm";
import { runbooks } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { runbookVariables } from "./contract.ts";
import { moments } from "./moments.ts";
import { unknownMoments } from "./parse-steps.ts";
import { unknownIn } from "./render.ts";

/** Validates a runbook. @throws DomainError "invalid" for an unknown variable or moment, "conflict" for a name that is taken */
export async function refuseRunbook(
  ctx: Context,
  { name, body }: { name?: string | undefined; body?: string | undefined },
  runbookId?: string,
): Promise<void> {
  if (body !== undefined) refuseBody(body);
  if (name === undefined) return;
  const hasSameName = and(
    eq(runbooks.workspaceId, ctx.actor.workspaceId),
    eq(runbooks.name, name),
    runbookId ? ne(runbooks.id, runbookId) : undefined,
  );
  if ((await ctx.db.$count(runbooks, hasSameName)) === 0) return;
  throw new DomainError(
    "conflict",
    `A runbook named "${name}" already exists, possibly archived. Choose another name.`,
    {
      field: "name",
    },
  );
}

function refuseBody(body: string): void {
  const [moment] = unknownMoments(body);
  if (moment !== undefined) {
    const words = `Unknown event "${moment}". Use one of ${moments.join(", ")}.`;
    throw new DomainError("invalid", words, { field: "body" });
  }
  const known = Object.fromEntries(runbookVariables.map((name) => [name, name]));
  const [unknown] = unknownIn(body, known);
  if (unknown === undefined) return;
  const words = `Unknown variable {{${unknown}}}. Use one of ${runbookVariables.join(", ")}.`;
  throw new DomainError("invalid", words, { field: "body" });
}
