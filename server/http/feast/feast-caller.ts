import type { Context } from "#server/base/context.ts";

/**
 * Returns the slug of the workspace that a project of Feast is. Slugs have hyphens and no underscores; Feast's clients refuse hyphens, so a
 * user writes underscores.
 */
export function slugOfProject(project: string): string {
  return project.replaceAll("_", "-");
}

/** Who sends a call of gRPC. */
export interface FeastCaller {
  /** Acts in the token's workspace. */
  readonly ctx: Context;
  /**
   * Returns the same for the project that a message names: the token's workspace. Without a name it is that too.
   * @throws DomainError "not-found" for any other
   */
  inProject(project: string): Promise<Context>;
}
