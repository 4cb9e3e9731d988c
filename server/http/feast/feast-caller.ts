import type { Context } from "#server/base/context.ts";

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
