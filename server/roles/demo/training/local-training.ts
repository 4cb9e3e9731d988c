import { z } from "zod";
import type { TrainingProgram } from "./training-program.ts";

export interface LocalTraining {
  /** Variables that the demo sets for the product. */
  variables: Record<string, string>;
  /** Why the demo submits no training job; null where it does. */
  offBecause: string | null;
}

/**
 * Decides what may run on this machine. Everyone knows the password of the demo, so it runs its own programs here and no other, also where the
 * environment already has LOCAL_TRAINING. Only LOCAL_TRAINING_PACKAGES names other programs. Empty variables count as unset, as for the product.
 */
export function localTraining(
  environment: Record<string, string | undefined>,
  programs: readonly Pick<TrainingProgram, "sha256">[],
  { hasPython }: { hasPython: boolean },
): LocalTraining {
  const sums = programs.map(({ sha256 }) => sha256);
  const chosen = environment.LOCAL_TRAINING?.trim() ? environment.LOCAL_TRAINING : undefined;
  const list = environment.LOCAL_TRAINING_PACKAGES?.trim() ? environment.LOCAL_TRAINING_PACKAGES : sums.join(",");
  return {
    variables: { LOCAL_TRAINING: chosen ?? String(hasPython), LOCAL_TRAINING_PACKAGES: list },
    offBecause: reason(),
  };

  function reason(): string | null {
    if (chosen && z.stringbool().safeParse(chosen).data === false) return `LOCAL_TRAINING=${chosen}`;
    if (!hasPython) return "python3 (3.8 or newer) is not on this machine";
    const missing = sums.filter((sha256) => !list.includes(sha256));
    if (missing.length > 0) return `LOCAL_TRAINING_PACKAGES does not name the demo's programs, ${missing.join(", ")}`;
    return null;
  }
}
