import { DomainError } from "#server/base/errors.ts";
import type { Protection } from "./contract.ts";

/** Checks the size of a body. @param bytes size of the body; undefined while unknown. @throws DomainError "too-large" */
export function checkBodySize({ bodyLimitBytes }: Pick<Protection, "bodyLimitBytes">, bytes: number | undefined): void {
  if (bodyLimitBytes === null || bytes === undefined || bytes <= bodyLimitBytes) return;
  throw new DomainError(
    "too-large",
    `The request body has ${bytes} bytes; the limit of this endpoint is ${bodyLimitBytes}.`,
  );
}
