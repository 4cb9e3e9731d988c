import { expect, test } from "vitest";
import { bodyOf, headersOf } from "./wire.ts";

const now = new Date(1_700_000_000_000);

// docs/spec/mlflow-rest.md section 12.
test("computes the recorded signature", () => {
  const delivery = { id: "11111111-2222-3333-4444-555555555555", body: '{"a":1}' };
  expect(headersOf(delivery, ["s3cret"], now)).toMatchObject({
    "X-MLflow-Delivery-Id": delivery.id,
    "X-MLflow-Timestamp": "1700000000",
    "X-MLflow-Signature": "v1,klG4R7dfnEkLfCYhlzQZ9B6b972uqcuLBk9vCn8yAfw=",
  });
});

test("signs with both secrets after a change, and not at all without one", () => {
  const delivery = { id: "i", body: "{}" };
  expect(headersOf(delivery, ["new", "old"], now)["X-MLflow-Signature"]).toMatch(/^v1,\S+ v1,\S+$/);
  expect(headersOf(delivery, [], now)).not.toHaveProperty("X-MLflow-Signature");
});

test("builds a body with entity, action, timestamp and data", () => {
  const body = bodyOf({ event: "model_version.created", data: { name: "digits" } }, now);
  expect(JSON.parse(body)).toEqual({
    entity: "model_version",
    action: "created",
    timestamp: now.toISOString(),
    data: { name: "digits" },
  });
});
