import { DomainError } from "#server/base/errors.ts";
import { type Stage, stages } from "#server/develop/registry/versions/contract.ts";
import { type Field, required, wrongType } from "./fields.ts";

/** Returns a field for the number of a version, which is sent as a decimal string. */
export function versionNumber(): Field<number> {
  return required({
    read(sent, path) {
      if (typeof sent !== "string" && typeof sent !== "number") throw wrongType(sent, path);
      if (!/^\s*[+-]?\d+\s*$/.test(String(sent))) {
        throw new DomainError("invalid", `Parameter '${path}' must be an integer, got '${sent}'.`);
      }
      return Number(sent);
    },
  });
}

/** Returns a field for a stage, case-insensitive. */
export function stage(): Field<Stage> {
  return required({
    read(sent, path) {
      if (typeof sent !== "string") throw wrongType(sent, path);
      const found = stages.find((one) => one.toLowerCase() === sent.toLowerCase());
      if (found) return found;
      throw new DomainError(
        "invalid",
        `Invalid Model Version stage: ${sent}. Value must be one of ${stages.join(", ")}.`,
      );
    },
  });
}
