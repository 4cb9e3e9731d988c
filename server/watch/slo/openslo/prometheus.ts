import { DomainError } from "#server/base/errors.ts";
import { trimOf } from "#server/base/text/trim-of.ts";
import type { Section } from "./document.ts";

/** Creates an OpenSLO indicator from a ratio of two queries. */
export function prometheusRatio(
  name: string,
  queries: { total: string } & ({ good: string } | { bad: string }),
): Section {
  const source = (query: string) => ({ metricSource: { type: "Prometheus", spec: { query } } });
  const ratio = Object.fromEntries(Object.entries(queries).map(([count, query]) => [count, source(query)]));
  return { metadata: { name }, spec: { ratioMetric: { counter: true, ...ratio } } };
}

/** Converts a name from another format to one that OpenSLO permits. */
export function nameOf(given: unknown, where: string, warn: (warning: string) => void): string {
  const plain = String(given ?? "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-");
  const name = trimOf(plain.slice(0, 63), "-");
  if (!name) throw new DomainError("invalid", `${where} has no name.`);
  if (name !== given) warn(`${where}: "${given}" was renamed to "${name}".`);
  return name;
}
