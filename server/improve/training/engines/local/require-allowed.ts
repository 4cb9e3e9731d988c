import { DomainError } from "#server/base/errors.ts";
import type { JobSpec } from "../../contract.ts";

/**
 * Refuses what is not a Python file of an allowed package: an installation that everyone may use, such as the demo, runs its own program on this
 * machine and nothing else. The environment could change what Python runs, so it must be empty. Parameters come in a file, since arguments are not
 * what the administrator has chosen. docs/spec/training.md section 6.
 * @param packages SHA-256 of the packages that may run; null allows everything
 * @throws DomainError "invalid"
 */
export function requireAllowed(
  {
    command,
    packageKey,
    parametersAs,
    environment,
  }: Pick<JobSpec, "command" | "packageKey" | "parametersAs" | "environment">,
  packages: ReadonlySet<string> | null,
): void {
  if (packages === null) return;
  const [program, file = "", ...more] = command;
  const isOfPackage = packageKey !== null && packages.has(packageKey);
  const isFile = program === "python3" && /^[A-Za-z0-9_]{1,100}\.py$/.test(file) && more.length === 0;
  const isPlain = parametersAs === "file" && Object.keys(environment).length === 0;
  if (isOfPackage && isFile && isPlain) return;
  throw new DomainError(
    "invalid",
    "This machine runs only the programs that its administrator has chosen (LOCAL_TRAINING_PACKAGES), with their own commands.",
  );
}
