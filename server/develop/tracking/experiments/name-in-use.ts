import { DomainError } from "#server/base/errors.ts";

/** Postgres: unique_violation. */
const uniqueViolation = "23505";

/** Returns the error for a name that an active experiment has; clients match its first words. */
export function nameInUse(name: string): DomainError {
  return new DomainError("conflict", `Experiment(name=${name}) already exists. Choose another name.`);
}

/** Runs a change of a name, and says so when the name is taken. */
export async function unlessNameInUse<Result>(name: string, change: Promise<Result>): Promise<Result> {
  try {
    return await change;
  } catch (error) {
    const { code, constraint } = ((error as Error).cause ?? error) as { code?: string; constraint?: string };
    if (code === uniqueViolation && constraint === "experiments_active_name") throw nameInUse(name);
    throw error;
  }
}
