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
  // The endpoint of the fixture is not frozen.
  "DELETE /api/v1/endpoints/:endpoint/freeze": absent({ query: { reason } }),
  "GET /api/v1/endpoints/:endpoint/blocks": absent(),
  "POST /api/v1/endpoints/:endpoint/unblock": absent(
    ({ model, version }) => ({ body: { model, version, reason } }),
    409,
  ),
  // The endpoint had no earlier deployment.
  "POST /api/v1/endpoints/:endpoint/rollback": absent(() => ({ body: { reason } })),
};
