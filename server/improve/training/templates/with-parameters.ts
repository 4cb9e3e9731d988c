import { DomainError } from "#server/base/errors.ts";
import type { JobSpec, Parameters, TemplateParameter, TemplateSpec } from "../contract.ts";

/**
 * Makes the specification that a template gives for some parameters; the others keep their defaults.
 * @throws DomainError "invalid" for parameters that the template does not have, and values that it does not take
 */
export function withParameters({ job, parameters }: TemplateSpec, values: Parameters): JobSpec {
  const unknown = Object.keys(values).find((name) => !parameters.some((one) => one.name === name));
  if (unknown !== undefined) {
    const names = parameters.map(({ name }) => `"${name}"`).join(", ");
    const message = names === "" ? "it takes none" : `it takes ${names}`;
    throw invalid(unknown, `The template has no parameter "${unknown}"; ${message}.`);
  }
  const own = parameters.map((parameter) => {
    const value = values[parameter.name] ?? parameter.default;
    check(parameter, value);
    return [parameter.name, value] as const;
  });
  return { ...job, parameters: { ...job.parameters, ...Object.fromEntries(own) } };
}

function check({ name, kind, choices, min, max }: TemplateParameter, value: string | number | boolean): void {
  if (kind === "boolean" && typeof value !== "boolean") throw invalid(name, `"${name}" is true or false.`);
  if (kind === "text" && typeof value !== "string") throw invalid(name, `"${name}" is a text.`);
  if (kind === "choice" && !choices.includes(String(value))) {
    throw invalid(name, `"${name}" is one of ${choices.map((one) => `"${one}"`).join(", ")}.`);
  }
  if (kind !== "number" && kind !== "integer") return;
  if (typeof value !== "number" || !Number.isFinite(value)) throw invalid(name, `"${name}" is a number.`);
  if (kind === "integer" && !Number.isInteger(value)) throw invalid(name, `"${name}" is a whole number.`);
  if (min !== null && value < min) throw invalid(name, `"${name}" is at least ${min}.`);
  if (max !== null && value > max) throw invalid(name, `"${name}" is at most ${max}.`);
}

const invalid = (name: string, message: string) => new DomainError("invalid", message, { field: `parameters.${name}` });
