import { hourMs } from "#server/base/durations.ts";
import { absent, inQuery, nothing, type Rows } from "./row.ts";

const reason = "x";

/** The triage board, and freezes of endpoints. */
export const triageRows: Rows = {
  "GET /api/v1/triage/queue": nothing(),
  "GET /api/v1/triage/unacknowledged-pages": nothing(),
  "GET /api/v1/triage": inQuery(({ calledGroupId }) => ({ group: calledGroupId })),
  "GET /api/v1/endpoints/:endpoint/freeze": absent(),
  "POST /api/v1/endpoints/:endpoint/freeze": absent(() => ({ body: { reason, until: new Date(Date.now() + hourMs) } })),
  // Nobody froze the one of the scene.
  "DELETE /api/v1/endpoints/:endpoint/freeze": absent({ query: { reason } }),
  // Nothing served there before.
  "POST /api/v1/endpoints/:endpoint/rollback": absent(() => ({ body: { reason } })),
};
