import { absent, nothing, type Rows } from "./row.ts";

const reason = "x";

/** Rows for the monitoring of endpoints: references, drift, data quality, quality, findings. */
export const monitoringRows: Rows = {
  "GET /api/v1/endpoints/:endpoint/monitor": absent(),
  "PUT /api/v1/endpoints/:endpoint/monitor": absent(() => ({ body: { settings: {}, reason } })),
  "GET /api/v1/endpoints/:endpoint/expected-drifts": absent(),
  "POST /api/v1/endpoints/:endpoint/expected-drifts": absent(() => ({ body: { feature: "x", reason } })),
  "POST /api/v1/endpoints/:endpoint/expected-drifts/:mark/revocation": absent(() => ({ body: { reason } })),
  "GET /api/v1/drift": nothing(),
  "GET /api/v1/endpoints/:endpoint/drift": absent(),
  "GET /api/v1/endpoints/:endpoint/drift/history": absent(),
  // The fixture has no counts.
  "GET /api/v1/endpoints/:endpoint/drift/features/:feature": absent({ params: { feature: "x" } }, 404),
  "GET /api/v1/analyses": nothing(),
  "POST /api/v1/analyses": absent(({ dataset: name, digest }) => {
    const version = { name, digest };
    return { body: { question: { kind: "batch", reference: version, current: version } } };
  }),
  "GET /api/v1/analyses/:analysis": absent(),
};
