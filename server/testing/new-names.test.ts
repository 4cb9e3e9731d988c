import { expect, test } from "vitest";
import type { z } from "zod";
import { SetRouting } from "#server/alerting/alerts/routing/contract.ts";
import { CreateReceiver } from "#server/alerting/notifications/contract.ts";
import { UploadDataset } from "#server/develop/datasets/contract.ts";
import { AddTrustedKey } from "#server/develop/registry/security/contract.ts";
import { RegisterUpload } from "#server/develop/registry/versions/contract.ts";
import { CreateEvaluationDataset, TagEvaluationDataset } from "#server/develop/tracking/evaluations/contract.ts";
import { LogInputs } from "#server/develop/tracking/log-contract.ts";
import { NewAssessment, SetTraceTag, StoreTrace, UpdateAssessment } from "#server/develop/tracking/traces/contract.ts";
import { CreateView, UpdateView } from "#server/develop/tracking/views/contract.ts";
import {
  CreateServiceAccount,
  CreateToken,
  CreateUser,
  CreateWorkspace,
  OidcIdentity,
  RenameWorkspace,
} from "#server/platform/identity/contract.ts";
import { CreateTeam, UpdateTeam } from "#server/platform/teams/contract.ts";
import { RecordOutcomes } from "#server/release/rollouts/outcomes/contract.ts";
import { CreateKpi } from "#server/report/kpis/contract.ts";
import { CreateRunbook, UpdateRunbook } from "#server/respond/incidents/runbooks/contract.ts";
import { CreatePolicy, UpdatePolicy } from "#server/respond/oncall/escalation/contract.ts";
import { CreateSchedule, UpdateSchedule } from "#server/respond/oncall/schedules/contract.ts";
import { CreateAlertRule, UpdateAlertRule } from "#server/respond/rules/contract.ts";
import { CreateEndpoint } from "#server/serve/endpoints/contract.ts";
import { SetProtection } from "#server/serve/protection/contract.ts";
import { SetDataRules } from "#server/watch/monitoring/integrity/rules/contract.ts";
import { CreateSlo } from "#server/watch/slo/objectives/contract.ts";

const id = "3f0e7c1a-8c0e-4d1e-9a53-0d8a3c6c2b11";
const layer = (name: string) => ({
  name,
  userIds: [id],
  start: "2026-05-04T09:00",
  every: { unit: "week", count: 1 },
});
const steps = [{ waitMinutes: 0, notify: [{ kind: "team", who: "leads" }] }];
const dataset = { name: "d", digest: "d", sourceType: "s", source: "s" };
const spec = { kind: "platform", on: ["no-gateway"] };
const slo = { target: 0.99, period: { kind: "rolling", days: 28 }, service: "churn" };
const matcher = { name: "severity", value: "page", isRegex: false, isEqual: true };
const routing = { root: { receiver: "on-call" } };

/** Commands that accept a new name, with an input that contains it. */
const commands: [string, z.ZodType, (name: string) => object][] = [
  ["user", CreateUser, (name) => ({ email: "a@example.test", name, role: "viewer" })],
  ["service account", CreateServiceAccount, (name) => ({ name, role: "member" })],
  ["token", CreateToken, (name) => ({ name, scopes: ["read"] })],
  ["workspace", CreateWorkspace, (name) => ({ slug: "ws", name })],
  ["renamed workspace", RenameWorkspace, (name) => ({ name })],
  ["team", CreateTeam, (name) => ({ name })],
  ["changed team", UpdateTeam, (name) => ({ teamId: id, name })],
  ["schedule", CreateSchedule, (name) => ({ name, timeZone: "UTC", layers: [layer("l")] })],
  ["layer", UpdateSchedule, (name) => ({ scheduleId: id, layers: [layer(name)] })],
  ["escalation policy", CreatePolicy, (name) => ({ name, steps })],
  ["changed escalation policy", UpdatePolicy, (name) => ({ policyId: id, name })],
  ["runbook", CreateRunbook, (name) => ({ name, body: "- [ ] step" })],
  ["changed runbook", UpdateRunbook, (name) => ({ runbookId: id, name, revision: 1 })],
  ["alert rule", CreateAlertRule, (name) => ({ name, spec, severity: "page" })],
  ["changed alert rule", UpdateAlertRule, (name) => ({ ruleId: id, name })],
  ["receiver", CreateReceiver, (name) => ({ name })],
  [
    "time interval",
    SetRouting,
    (name) => ({ routing: { ...routing, timeIntervals: [{ name, spans: [{}] }] }, reason: "r" }),
  ],
  [
    "inhibit rule",
    SetRouting,
    (name) => ({
      routing: { ...routing, inhibitRules: [{ name, sourceMatchers: [matcher], targetMatchers: [matcher] }] },
      reason: "r",
    }),
  ],
  ["SLO", CreateSlo, (displayName) => ({ name: "slo", definition: { ...slo, displayName } })],
  ["service of an SLO", CreateSlo, (service) => ({ name: "slo", definition: { ...slo, service } })],
  ["KPI", CreateKpi, (name) => ({ name })],
  ["outcome", RecordOutcomes, (name) => ({ endpointId: id, outcomes: [{ key: "k", name }] })],
  ["endpoint", CreateEndpoint, (name) => ({ name })],
  [
    "field of an input contract",
    SetProtection,
    (name) => ({ endpointId: id, protection: { fields: [{ input: "x", name }] } }),
  ],
  ["data rule", SetDataRules, (name) => ({ endpointId: id, rules: [{ name, expression: "a > 1" }], reason: "r" })],
  ["dataset", UploadDataset, (name) => ({ name, fileName: "a.csv" })],
  ["logged dataset", LogInputs, (name) => ({ runId: "r", datasets: [{ ...dataset, name }] })],
  [
    "tag of a logged dataset",
    LogInputs,
    (key) => ({ runId: "r", datasets: [{ ...dataset, tags: [{ key, value: "v" }] }] }),
  ],
  ["registered model of an upload", RegisterUpload, (name) => ({ name })],
  ["trusted key", AddTrustedKey, (name) => ({ name, publicKey: "k" })],
  ["saved view", CreateView, (name) => ({ experimentId: 1, name, state: {} })],
  ["changed saved view", UpdateView, (name) => ({ viewId: "v", name })],
  ["evaluation dataset", CreateEvaluationDataset, (name) => ({ name })],
  ["tag of an evaluation dataset", TagEvaluationDataset, (key) => ({ id: "d", tags: { [key]: "v" } })],
  ["tag of a trace", SetTraceTag, (key) => ({ traceId: "t", key, value: "v" })],
  ["metadata of a trace", StoreTrace, (key) => ({ id: "t", experimentId: 1, startedAt: 0, metadata: { [key]: "v" } })],
  ["assessment", NewAssessment, (name) => ({ traceId: "t", kind: "feedback", value: 1, name })],
  ["changed assessment", UpdateAssessment, (name) => ({ traceId: "t", assessmentId: "a", value: 1, name })],
];

test.each(commands)("rejects control characters and 1 MB as the name of: %s", (_noun, schema, inputWith) => {
  expect(schema.safeParse(inputWith("churn-v2")).error).toBeUndefined();
  const names = ["a\u202eb", "a\u0007b", "a\ud800b", "x".repeat(2 ** 20)];
  expect(names.map((name) => schema.safeParse(inputWith(name)).success)).toEqual([false, false, false, false]);
});

test("removes a tag whose stored key has control characters", () => {
  expect(TagEvaluationDataset.safeParse({ id: "d", tags: { "a\u202eb": null } }).success).toBe(true);
});

test("removes control characters from the name of a company account, so that its owner can sign in", () => {
  const identity = { issuer: "https://id.example.test", subject: "1", emailVerified: true };
  expect(OidcIdentity.parse({ ...identity, name: "Ines\u202e Duarte" }).name).toBe("Ines Duarte");
  expect(OidcIdentity.parse({ ...identity, name: "\u202e" }).name).toBeUndefined();
  expect(OidcIdentity.parse(identity).name).toBeUndefined();
});
