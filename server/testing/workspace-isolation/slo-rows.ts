import { dayMs, hourMs } from "#server/base/durations.ts";
import type { Fixture } from "#server/testing/permissions/fixture.ts";
import { sloFile } from "#server/testing/permissions/slo-calls.ts";
import { absent, nothing, type Rows } from "./row.ts";

const reason = "x";
const act = absent(() => ({ body: { reason } }));
const definition = ({ endpointId }: Fixture) => ({
  target: 0.99,
  period: { kind: "rolling", days: 7 },
  indicator: { kind: "availability", endpointId },
});
const lately = () => ({ from: new Date(Date.now() - hourMs), to: new Date(), reason });

/** SLOs and their budgets. */
export const sloRows: Rows = {
  "GET /api/v1/slos": nothing(),
  "GET /api/v1/slo-counts": nothing(),
  "POST /api/v1/slos": absent((fixture) => ({ body: { name: "new", definition: definition(fixture) } })),
  "GET /api/v1/slos/:slo": absent(),
  "PATCH /api/v1/slos/:slo": absent((fixture) => ({ body: { definition: definition(fixture), reason } })),
  "GET /api/v1/slos/:slo/revisions": absent(),
  "GET /api/v1/slos/:slo/history": absent(),
  "GET /api/v1/slos/:slo/budget-consumers": absent(),
  "POST /api/v1/slos/:slo/archival": act,
  "POST /api/v1/slos/:slo/pause": act,
  // The SLO of the fixture is not paused.
  "POST /api/v1/slos/:slo/resumption": act,
  "POST /api/v1/slos/:slo/adjustments": absent(() => ({ body: lately() })),
  "POST /api/v1/slos/:slo/adjustments/:adjustment/revocation": act,
  "POST /api/v1/slos/:slo/approvals": absent(() => ({ body: { reason, until: new Date(Date.now() + dayMs) } })),
  "POST /api/v1/slos/:slo/approvals/:approval/revocation": act,
  "POST /api/v1/slo-replays": absent(({ sloId }) => ({ body: { slo: sloId, days: 1 } })),
  "GET /api/v1/endpoints/:endpoint/budget-gate": absent(),
  "GET /api/v1/openslo": nothing(),
  "GET /api/v1/slos/:slo/openslo": absent(),
  "POST /api/v1/openslo": nothing(({ endpoint }) => ({ body: { yaml: sloFile(endpoint) } })),
};
