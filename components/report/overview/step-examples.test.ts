import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { stepExamples } from "./step-examples.ts";

const addresses = { publicUrl: "http://localhost:3000", gatewayUrl: "http://localhost:8080" };
const nothingYet = { endpoint: null, model: null, version: null };
const named = { endpoint: "O'Hare", model: "parcel damage", version: 3 };

const steps = ["workspace", "token", "run", "version", "endpoint", "prediction"] as const;

test.each(steps.flatMap((key) => [nothingYet, named].map((names) => [key, names] as const)))(
  "writes complete shell commands in the curl examples of %s with %j",
  (key, names) => {
    for (const { label, code } of stepExamples(key, addresses, names)) {
      if (label === "curl") execFileSync("sh", ["-n", "-c", code]);
      expect(code).toContain("http://localhost:");
    }
  },
);

test("uses the existing address, endpoint, model and version in the examples", () => {
  const [deploy] = stepExamples("endpoint", addresses, { ...named, endpoint: "digits" });
  expect(deploy?.code).toContain("http://localhost:3000/api/v1/endpoints/digits/deployments");
  expect(deploy?.code).toContain('{"model":"parcel damage","version":3,"reason":"First release"}');
  const [request] = stepExamples("prediction", addresses, named);
  expect(request?.code).toContain("http://localhost:8080/v2/models/O%27Hare/infer".replace("%27", "'\\''"));
});
