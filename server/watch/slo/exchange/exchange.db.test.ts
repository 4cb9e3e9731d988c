import { expect, test } from "vitest";
import { readAuditLog } from "#server/admin/audit-log/queries.ts";
import { archiveEndpoint } from "#server/release/endpoints/archive-endpoint.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { newServed } from "../../../testing/fixtures/slo/testing.ts";
import { createSlo } from "../objectives/create-slo.ts";
import { getSlo, listSlos } from "../objectives/queries.ts";
import { exportOpenSlo } from "./export-open-slo.ts";
import { importOpenSlo } from "./import-open-slo.ts";

/** The file of docs/spec/slo.md section 10. */
const reference = `apiVersion: openslo/v1
kind: SLO
metadata: {name: churn-availability, displayName: Churn model availability}
spec:
  service: churn
  indicator:
    metadata: {name: churn-availability}
    spec:
      ratioMetric:
        counter: true
        good:  {metricSource: {type: Leeway, spec: {query: "good"}}}
        total: {metricSource: {type: Leeway, spec: {query: "total"}}}
  timeWindow: [{duration: 4w, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{displayName: "99.9", targetPercent: 99.9}]
`;
const month = { kind: "rolling" as const, days: 30 };

test(
  "dry-runs the reference file, creates its SLO, leaves it unchanged on repeat, and updates it on change",
  inWorkspace(async (ctx) => {
    const tried = await importOpenSlo(ctx, { yaml: reference, isDryRun: true });
    expect(tried).toMatchObject({
      isDryRun: true,
      slos: [{ name: "churn-availability", action: "create", problem: null }],
    });
    expect((await listSlos(ctx)).slos).toEqual([]);
    expect((await readAuditLog(ctx, { limit: 1 })).events).toEqual([]);
    await importOpenSlo(ctx, { yaml: reference, reason: "from git" });
    const slo = await getSlo(ctx, { slo: "churn-availability" });
    expect(slo).toMatchObject({ target: 0.999, period: { kind: "rolling", days: 28 }, method: "occurrences" });
    expect(slo).toMatchObject({ kind: "posted", service: "churn", displayName: "Churn model availability" });
    expect((await importOpenSlo(ctx, { yaml: reference })).slos).toMatchObject([{ action: "keep" }]);
    const less = reference.replace("99.9}", "99.5}");
    expect((await importOpenSlo(ctx, { yaml: less })).slos).toMatchObject([{ action: "change" }]);
    expect(await getSlo(ctx, { slo: slo.id })).toMatchObject({ target: 0.995, revision: 2 });
  }),
);

test(
  "imports its own exports without loss, including composites and extensions, elsewhere by service name",
  inWorkspace(async (ctx) => {
    const { endpointId } = await newServed(ctx);
    const up = await createSlo(ctx, {
      name: "up",
      definition: { target: 0.999, period: month, indicator: { kind: "availability", endpointId } },
    });
    const quick = await createSlo(ctx, {
      name: "quick",
      definition: {
        target: 0.9,
        period: month,
        indicator: { kind: "latency", endpointId, withinMs: 80 },
        freezes: false,
      },
    });
    const parts = [{ sloId: up.id, weight: 2 }, { sloId: quick.id }];
    await createSlo(ctx, {
      name: "both",
      definition: { target: 0.99, period: month, composite: { mode: "weighted", parts } },
    });
    const yaml = await exportOpenSlo(ctx, {});
    expect(yaml.match(/kind: SLO\n/g)).toHaveLength(3);
    expect(await exportOpenSlo(ctx, { slo: "up" })).toContain("name: up\n");
    const again = await importOpenSlo(ctx, { yaml });
    expect(again.slos.map(({ name, action, problem }) => [name, action, problem])).toEqual([
      ["quick", "keep", null],
      ["up", "keep", null],
      ["both", "keep", null],
    ]);
    await archiveEndpoint(ctx, { endpointId });
    const gone = await importOpenSlo(ctx, { yaml: await exportOpenSlo(ctx, { slo: "up" }), isDryRun: true });
    expect(gone.slos).toMatchObject([{ action: "restore", problem: expect.stringContaining("not in this workspace") }]);
  }),
);

test(
  "matches a file without ids to the endpoint named like its service",
  inWorkspace(async (ctx) => {
    const { endpointId } = await newServed(ctx);
    const own = (count: string) =>
      `{metricSource: {type: Leeway, spec: {kind: latency, withinMs: 100, count: ${count}}}}`;
    const yaml = reference
      .replace("service: churn", "service: digits")
      .replace('{metricSource: {type: Leeway, spec: {query: "good"}}}', own("good"))
      .replace('{metricSource: {type: Leeway, spec: {query: "total"}}}', own("total"));
    await importOpenSlo(ctx, { yaml });
    const slo = await getSlo(ctx, { slo: "churn-availability" });
    expect(slo).toMatchObject({
      endpointId,
      definition: { indicator: { kind: "latency", withinMs: 100, endpointId } },
    });
    expect((await importOpenSlo(ctx, { yaml })).slos).toMatchObject([{ action: "keep", warnings: expect.any(Array) }]);
    const exported = await exportOpenSlo(ctx, { slo: "churn-availability" });
    // The export says the id; from then on nothing differs.
    await importOpenSlo(ctx, { yaml: exported });
    expect((await importOpenSlo(ctx, { yaml: exported })).slos).toMatchObject([{ action: "keep" }]);
    const elsewhere = { yaml: yaml.replace("service: digits", "service: letters"), isDryRun: true };
    expect((await importOpenSlo(ctx, elsewhere)).slos[0]?.problem).toContain('named "letters"');
  }),
);

test(
  "imports nothing from a file with an invalid SLO, and names it with the reason in a dry run",
  inWorkspace(async (ctx) => {
    const page = `    leeway.internal/mwmbr: '[{"long":"90d","short":"5m","factor":14.4,"severity":"page"}]'`;
    const wrong = reference.replace(
      "metadata: {name: churn-availability, displayName: Churn model availability}",
      `metadata:\n  name: wrong\n  annotations:\n${page}`,
    );
    const yaml = `${reference}---\n${wrong}`;
    const tried = await importOpenSlo(ctx, { yaml, isDryRun: true });
    expect(tried.slos).toMatchObject([
      { name: "churn-availability", problem: null },
      { name: "wrong", problem: expect.stringContaining("longer than the SLO window") },
    ]);
    await expect(importOpenSlo(ctx, { yaml })).rejects.toMatchObject({ code: "invalid", field: "yaml" });
    expect((await listSlos(ctx)).slos).toEqual([]);
    await expect(importOpenSlo(ctx, { yaml: "a: [" })).rejects.toMatchObject({ code: "invalid" });
  }),
);
