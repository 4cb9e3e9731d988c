import { absent, type Rows } from "./row.ts";

const reason = "x";

/** How endpoints are watched: references, drift, data quality, quality, findings. */
export const monitoringRows: Rows = {
  "GET /api/v1/endpoints/:endpoint/monitor": absent(),
  "PUT /api/v1/endpoints/:endpoint/monitor": absent(() => ({ body: { settings: {}, reason } })),
  "GET /api/v1/endpoints/:endpoint/expected-drifts": absent(),
  "POST /api/v1/endpoints/:endpoint/expected-drifts": absent(() => ({ body: { feature: "x", reason } })),
  "POST /api/v1/endpoints/:endpoint/expected-drifts/:mark/revocation": absent(() => ({ body: { reason } })),
};
