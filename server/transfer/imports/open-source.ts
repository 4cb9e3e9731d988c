import type { imports } from "#db/schema/index.ts";
import type { ArtifactStore } from "#server/artifacts/store.ts";
import { DomainError } from "#server/errors.ts";
import type { ImportRules } from "../contract.ts";
import { openMlflow } from "../mlflow/client.ts";
import { mlflowSource } from "../mlflow/source.ts";
import type { Source } from "../source.ts";

/** What running an import needs of the worker. */
export interface ImportDependencies {
  artifacts: ArtifactStore;
  rules: ImportRules;
  /** Of one file. */
  maxBytes: number;
}

/** Opens what an import takes things from. @throws DomainError "invalid" for a file that is not what it should be. */
export async function openSource(
  row: typeof imports.$inferSelect,
  { rules }: ImportDependencies,
  signal: AbortSignal,
): Promise<Source> {
  if (row.kind === "mlflow-server") {
    const authorization = row.secret ?? undefined;
    return mlflowSource(openMlflow({ address: row.origin, authorization, rules, signal }));
  }
  throw new DomainError("invalid", "This kind of import is not known.");
}
