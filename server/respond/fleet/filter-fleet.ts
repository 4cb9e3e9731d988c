import { type RowFields, readRowFilter } from "#server/base/filter/filter-rows.ts";
import type { FleetRow } from "./contract.ts";

const fields: RowFields<FleetRow> = {
  help: "Write, for example: state = degraded and burn > 1",
  texts: {
    endpoint: ({ name }) => [name],
    state: ({ state }) => [state.word],
    owner: ({ team }) => (team ? [team.name] : []),
    model: ({ current }) => (current ? [current.modelName] : []),
    version: ({ current }) => (current ? [`v${current.version}`, `${current.version}`] : []),
    quality: ({ quality }) => (quality ? [quality.state] : []),
    slo: ({ worst }) => (worst ? [worst.name] : []),
  },
  numbers: {
    budget: ({ worst }) => worst?.budget?.remaining ?? null,
    burn: ({ worst }) => worst?.budget?.burnRate ?? null,
    errors: ({ recent }) => recent.errorShare,
    p95: ({ recent }) => recent.latencyMsP95,
    rate: ({ recent }) => recent.requestsPerSecond,
  },
};

/**
 * Returns the test of a filter of endpoints, see `readRowFilter`: budget and errors are shares, p95 is in milliseconds, rate in requests per
 * second.
 */
export function readFleetFilter(text: string) {
  return readRowFilter(text, fields);
}
