import { expect, test } from "vitest";
import type { Deployment } from "#server/serve/endpoints/contract.ts";
import { keyVersions } from "./version-key-entries.ts";

function deployed(version: number, modelName = "fraud"): Deployment {
  return {
    id: version,
    versionId: `id-${modelName}-${version}`,
    modelName,
    version,
    providers: [],
    engine: null,
    reason: "",
    deployedBy: "Ines",
    deployedAt: new Date(version),
  };
}

test("lists the serving version, the canary, and those deployed last, each once", () => {
  const [now, before, older] = [deployed(31), deployed(30), deployed(29)];
  const history = [now, before, deployed(31), older, deployed(28)];
  const rollout = { canary: { id: "id-fraud-32", model: "fraud", version: 32 }, weight: 0.1 };
  const found = keyVersions({ current: now, history }, rollout, [before]);
  expect(found.map(({ label, role, weight }) => [label, role, weight])).toEqual([
    ["v31", "serving", "90%"],
    ["v32", "canary", "10%"],
    ["v30", "blocked", undefined],
    ["v29", "none", undefined],
  ]);
});

test("counts a canary at 100% as serving, and names the model of another one", () => {
  const now = deployed(32);
  const rollout = { canary: { id: now.versionId, model: "fraud", version: 32 }, weight: 1 };
  const found = keyVersions({ current: now, history: [now, deployed(3, "trees")] }, rollout, []);
  expect(found.map(({ label, role, weight }) => [label, role, weight])).toEqual([
    ["v32", "serving", "100%"],
    ["trees v3", "none", undefined],
  ]);
  expect(keyVersions({ current: null, history: [] }, undefined, [])).toEqual([]);
});
