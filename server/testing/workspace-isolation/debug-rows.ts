import { hourMs } from "#server/base/durations.ts";
import { absent, type Rows } from "./row.ts";

const span = absent(() => ({
  query: { from: new Date(Date.now() - hourMs).toISOString(), to: new Date().toISOString() },
}));

/** The debug board. */
export const debugRows: Rows = {
  "GET /api/v1/endpoints/:endpoint/debug/latency": span,
  "GET /api/v1/endpoints/:endpoint/debug/batching": span,
  "GET /api/v1/endpoints/:endpoint/debug/segments": span,
  "GET /api/v1/endpoints/:endpoint/debug/rules": absent(),
};
