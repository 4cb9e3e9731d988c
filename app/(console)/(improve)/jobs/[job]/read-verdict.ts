import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { openJobStates } from "#server/improve/training/contract.ts";
import type { TrainingJobDetails } from "#server/improve/training/jobs/contract.ts";
import type { Reproducibility } from "#server/improve/training/reproducibility/contract.ts";
import { getReproducibility } from "#server/improve/training/reproducibility/queries.ts";

/** How a job compares with the one that it repeats or changes, or why it does not. */
export interface ShownVerdict {
  original: string;
  isExact: boolean;
  outcome: Reproducibility | null;
  problem: string | undefined;
}

/** Reads the verdict on a job; undefined for one that repeats no other. */
export async function readVerdict(ctx: Context, job: TrainingJobDetails): Promise<ShownVerdict | undefined> {
  const { id, state, rerunOf: original, isExactRerun: isExact } = job;
  if (original === null) return undefined;
  if (openJobStates.some((each) => each === state)) {
    return { original, isExact, outcome: null, problem: "Compared once it has finished." };
  }
  try {
    return { original, isExact, outcome: await getReproducibility(ctx, id), problem: undefined };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return { original, isExact, outcome: null, problem: error.message };
  }
}
