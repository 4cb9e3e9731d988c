import { absent, answered, inBody, inQuery, nothing, type Rows } from "./row.ts";

const columns = { driver_id: [1], note: ["x"], event_timestamp: ["2026-03-01T12:00:00Z"] };
const features = [{ name: "note", type: "string" }];

/** The feature store. */
export const featureRows: Rows = {
  "GET /api/v1/feature-views": nothing(),
  "GET /api/v1/feature-views/:featureView": absent(),
  "GET /api/v1/feature-views/:featureView/versions": absent(),
  "GET /api/v1/feature-views/:featureView/rows": absent({ query: { key: "driver_id:1" } }),
  "GET /api/v1/feature-views/:featureView/freshness": absent(),
  "GET /api/v1/feature-views/:featureView/freshness/limit": absent(),
  "GET /api/v1/feature-freshness": nothing(),
  "GET /api/v1/feature-findings": nothing(),
  // A name is each workspace's own: another's definition is not touched.
  "PUT /api/v1/feature-views/:featureView": nothing({ body: { features } }),
  "DELETE /api/v1/feature-views/:featureView": absent(),
  "GET /api/v1/feature-entities": nothing(),
  "GET /api/v1/feature-entities/:featureEntity": absent(),
  "PUT /api/v1/feature-entities/:featureEntity": nothing({ body: { joinKey: "driver_id", type: "int64" } }),
  "DELETE /api/v1/feature-entities/:featureEntity": absent(),
  "GET /api/v1/feature-services": nothing(),
  "GET /api/v1/feature-services/:featureService": absent(),
  "PUT /api/v1/feature-services/:featureService": nothing({ body: { projections: [] } }),
  "DELETE /api/v1/feature-services/:featureService": absent(),
  "GET /api/v1/feature-sources": nothing(),
  "GET /api/v1/feature-sources/:featureSource": absent(),
  "PUT /api/v1/feature-sources/:featureSource": nothing({ body: { kind: "push" } }),
  "DELETE /api/v1/feature-sources/:featureSource": absent(),
  "POST /api/v1/features/lookup": inBody(({ featureService }) => ({ service: featureService }), {
    entities: { driver_id: [1] },
  }),
  "POST /api/v1/features/expressions/check": nothing({ body: { cel: "1 + 1", columns: {} } }),
  "DELETE /api/v1/feature-views/:featureView/keys": absent({ body: { key: { driver_id: 1 }, reason: "x" } }),
  "GET /api/v1/feature-views/:featureView/removals": absent(),
  "GET /api/v1/feature-skew": inQuery(({ featureView }) => ({ view: featureView })),
  "GET /api/v1/feature-drift": inQuery(({ featureView }) => ({ view: featureView })),
  "GET /api/v1/training-sets": nothing(),
  "POST /api/v1/training-sets": inBody(({ dataset, digest }) => ({ rows: { dataset, digest } }), {
    name: "another",
    features: ["a-view:note"],
  }),
  "GET /api/v1/training-sets/:trainingSet": absent(),
  "POST /api/v1/training-sets/:trainingSet/cancellation": absent(),
  "GET /api/v1/feature-connections": nothing(),
  "PUT /api/v1/feature-connections/:featureConnection": answered(400, { body: {} }),
  "POST /api/v1/feature-connections/:featureConnection/test": absent({}, 400),
  "DELETE /api/v1/feature-connections/:featureConnection": absent(),
  "GET /api/v1/materialisations": nothing(),
  "POST /api/v1/materialisations": inBody(({ readView: view }) => ({ view })),
  "GET /api/v1/materialisations/:materialisation": absent(),
  "POST /api/v1/materialisations/:materialisation/cancellation": absent(),
  "GET /api/v1/feature-rejects": nothing(),
  "POST /api/v1/training-sets/:trainingSet/refreshes": absent({ body: {} }),
  "POST /api/v1/training-sets/:trainingSet/acknowledgements": absent({
    body: { leaks: [{ kind: "in-two-splits", reason: "x" }] },
  }),
  // The rows of the fixture have no time.
  "POST /api/v1/training-sets/checks": absent(
    ({ dataset, digest }) => ({ body: { rows: { dataset, digest }, features: ["a-view:note"] } }),
    400,
  ),
  "POST /api/v1/training-sets/preview": absent(
    ({ dataset, digest }) => ({ body: { rows: { dataset, digest }, features: ["a-view:note"] } }),
    400,
  ),
  "POST /api/v1/features/rows": inBody(({ featureView }) => ({ view: featureView }), { columns }),
};
