import { expect, test } from "vitest";
import type { LoadedModel } from "./loaded-versions.ts";
import { RecentLabels } from "./recent-labels.ts";
import { RequestLease } from "./request-lease.ts";

const version = () => {
  const released: string[] = [];
  const model = { leases: 0, onReleased: () => released.push("released") } as unknown as LoadedModel;
  return { model, released };
};

test("gives each request an id of its own, whatever id the client sends", () => {
  const [a, b] = [new RequestLease("live", "same"), new RequestLease("live", "same")];
  expect([a.label, b.label]).toEqual(["same", "same"]);
  expect(a.id).not.toBe(b.id);
  expect([a.drawId, b.drawId]).toEqual([a.id, b.id]);
});

test("labels a request without a client id by its own, until the client names another", () => {
  const lease = new RequestLease("live");
  expect(lease.label).toBe(lease.id);
  lease.label = "from the body";
  expect(lease.label).toBe("from the body");
});

test("keeps the id of the client for the first request with it, however many steps that has", () => {
  const labels = new RecentLabels();
  const [first, second] = [new RequestLease("live", "same"), new RequestLease("task", "same")];
  for (const lease of [first, first, second]) lease.claimLabel(labels, "endpoint");
  expect([first.label, second.label]).toEqual(["same", second.id]);
  const copy = new RequestLease("shadow", "same", first);
  copy.claimLabel(labels, "endpoint");
  expect(copy.label).toBe("same");
});

test("lets a copy share the draws of its original, under an id of its own", () => {
  const original = new RequestLease("live");
  const copy = new RequestLease("shadow", undefined, original);
  expect(copy.drawId).toBe(original.id);
  expect(copy.id).not.toBe(original.id);
});

test("holds several versions, and releases each exactly once", () => {
  const [first, second] = [version(), version()];
  const lease = new RequestLease("live");
  const other = new RequestLease("live");
  lease.hold(first.model);
  lease.hold(second.model);
  other.hold(first.model);
  expect([first.model.leases, second.model.leases]).toEqual([2, 1]);
  lease.release();
  lease.release();
  expect([first.model.leases, second.model.leases]).toEqual([1, 0]);
  expect([first.released, second.released]).toEqual([[], ["released"]]);
  other.release();
  expect(first.released).toEqual(["released"]);
});
