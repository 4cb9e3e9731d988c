import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import type { LoadedVersion } from "../gateways/contract.ts";
import { servingState } from "./serving-state.ts";

const [endpointId, old, requested] = [randomUUID(), randomUUID(), randomUUID()];
const endpoint = { archivedAt: null, unloadedAt: null, current: { versionId: requested } };

function gateway(...versions: [string, LoadedVersion["state"]][]) {
  return {
    isDraining: false,
    versions: versions.map(([versionId, state]) => ({
      endpointId,
      versionId,
      state,
      isServing: state === "ready",
      ...(state === "failed" && { message: "out of memory." }),
    })),
  };
}

test("is serving when every gateway has the version", () => {
  expect(servingState(endpoint, [gateway([requested, "ready"]), gateway([requested, "ready"])])).toEqual({
    kind: "serving",
    message: null,
  });
});

test("distinguishes empty, archived and unloaded endpoints and a missing gateway", () => {
  expect(servingState({ ...endpoint, current: null }, [gateway()]).kind).toBe("empty");
  expect(servingState({ ...endpoint, archivedAt: new Date() }, [gateway([requested, "ready"])]).kind).toBe("archived");
  expect(servingState({ ...endpoint, unloadedAt: new Date() }, [gateway()]).kind).toBe("unloaded");
  expect(servingState(endpoint, []).kind).toBe("no-gateway");
  expect(servingState(endpoint, [{ ...gateway([requested, "ready"]), isDraining: true }]).kind).toBe("no-gateway");
});

test("describes what serves while a version loads", () => {
  expect(servingState(endpoint, [gateway([requested, "loading"])])).toEqual({
    kind: "starting",
    message: "Gateways are loading the version.",
  });
  expect(servingState(endpoint, [gateway()]).kind).toBe("starting");
  expect(servingState(endpoint, [gateway([old, "ready"], [requested, "loading"])]).message).toBe(
    "The previous version keeps serving meanwhile.",
  );
  expect(servingState(endpoint, [gateway([requested, "ready"]), gateway([requested, "loading"])]).message).toBe(
    "1 of 2 gateways is serving it.",
  );
});

test("is failed when a version fails to load, and degraded while another one serves", () => {
  expect(servingState(endpoint, [gateway([requested, "failed"])])).toEqual({
    kind: "failed",
    message: "The version failed to load: out of memory.",
  });
  expect(servingState(endpoint, [gateway([old, "ready"], [requested, "failed"])]).kind).toBe("degraded");
  expect(servingState(endpoint, [gateway([requested, "ready"]), gateway([requested, "failed"])]).kind).toBe("degraded");
});

test("is failed when an engine fails, and degraded while other gateways reach it", () => {
  const cut = gateway([requested, "ready"]);
  const engine = {
    name: "triton",
    version: "2",
    circuit: "open" as const,
    message: "triton answered 500: no.",
    isBinary: true,
    tries: 9,
    retries: 0,
    opened: 1,
  };
  const open = { ...cut, versions: cut.versions.map((version) => ({ ...version, engine })) };
  expect(servingState(endpoint, [open])).toMatchObject({
    kind: "failed",
    message: expect.stringContaining("triton answered 500: no. Requests are rejected"),
  });
  expect(servingState(endpoint, [gateway([requested, "ready"]), open]).kind).toBe("degraded");
});
