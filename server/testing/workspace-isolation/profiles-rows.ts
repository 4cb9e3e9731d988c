import { absent, type Rows } from "./row.ts";

const source = { kind: "traffic", endpointId: "00000000-0000-4000-8000-000000000000", from: 0, to: 1 };

/** References of versions. */
export const profilesRows: Rows = {
  "GET /api/v1/models/:model/versions/:version/reference": absent(),
  "GET /api/v1/models/:model/versions/:version/reference-advice": absent(),
  "GET /api/v1/models/:model/versions/:version/references": absent(),
  "POST /api/v1/models/:model/versions/:version/references": absent(({ endpointId }) => ({
    body: { source: { ...source, endpointId } },
  })),
  "GET /api/v1/models/:model/versions/:version/references/:reference/features": absent(),
  "POST /api/v1/models/:model/versions/:version/references/:reference/retirement": absent({ body: { reason: "x" } }),
};
