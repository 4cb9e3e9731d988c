import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";

/** @throws DomainError "forbidden" for another user's run, unless the caller is an operator */
export function requireOwn({ actor }: Context, run: { startedById: string; startedBy: string }): void {
  if (run.startedById === actor.id || actor.role === "operator" || actor.role === "admin") return;
  throw new DomainError("forbidden", `This run belongs to ${run.startedBy}. Operators can change it too.`);
}
