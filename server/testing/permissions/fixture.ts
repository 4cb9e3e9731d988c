import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { eq } from "drizzle-orm";
import { datasetVersions, sessions, users } from "#db/schema/index.ts";
import { readAuditLog } from "#server/admin/audit-log/queries.ts";
import { startExport } from "#server/admin/transfer/exports/start-export.ts";
import { startImport } from "#server/admin/transfer/imports/start-import.ts";
import { listTrash } from "#server/admin/trash/list-trash.ts";
import { requestPurge } from "#server/admin/trash/request-purge.ts";
import { createWebhook } from "#server/admin/webhooks/create-webhook.ts";
import { listDeliveries } from "#server/admin/webhooks/queries.ts";
import { testWebhook } from "#server/admin/webhooks/test-webhook.ts";
import type { Context } from "#server/base/context.ts";
import { requestLeakageCheck } from "#server/develop/datasets/leakage/request-leakage-check.ts";
import { markUploadFailed } from "#server/develop/datasets/mark-upload-failed.ts";
import { readDataset } from "#server/develop/datasets/read-dataset.ts";
import { setContract } from "#server/develop/datasets/rules/set-contract.ts";
import { uploadDataset } from "#server/develop/datasets/upload-dataset.ts";
import { createRegisteredModel } from "#server/develop/registry/models/create-registered-model.ts";
import { deleteRegisteredModel } from "#server/develop/registry/models/delete-registered-model.ts";
import { addTrustedKey } from "#server/develop/registry/security/add-trusted-key.ts";
import { requestScan } from "#server/develop/registry/security/request-scan.ts";
import { signVersion } from "#server/develop/registry/security/sign-version.ts";
import { createRun } from "#server/develop/tracking/runs/create-run.ts";
import { deleteRun } from "#server/develop/tracking/runs/delete-run.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { requestPromotion } from "#server/release/promotion/request-promotion.ts";
import { requestAnalysis } from "#server/watch/monitoring/analyses/request-analysis.ts";
import { createInvitation } from "../../platform/identity/invitations/create-invitation.ts";
import { createServiceAccount } from "../../platform/identity/service-accounts/create-service-account.ts";
import { createSession } from "../../platform/identity/sessions/create-session.ts";
import { hashPassword } from "../../platform/identity/sign-in/password.ts";
import { createToken } from "../../platform/identity/tokens/create-token.ts";
import { newMember } from "../testing.ts";
import { createAlertRows } from "./fixture-alerts.ts";
import { rehearse } from "./fixture-drills.ts";
import { evaluate } from "./fixture-evaluation.ts";
import { featurise } from "./fixture-features.ts";
import { burn } from "./fixture-incidents.ts";
import { label } from "./fixture-labelling.ts";
import { watch } from "./fixture-monitoring.ts";
import { notify } from "./fixture-notifications.ts";
import { putOnCall } from "./fixture-oncall.ts";
import { refer } from "./fixture-profiles.ts";
import { count } from "./fixture-reports.ts";
import { retrain } from "./fixture-retraining.ts";
import { rollOut, serve, submit, tryOut } from "./fixture-serving.ts";
import { promise } from "./fixture-slo.ts";
import { track } from "./fixture-tracking.ts";
import { train } from "./fixture-training.ts";

export const password = "the admin's password";

/** One of each thing, in one workspace. */
export interface Fixture {
  /** Text contained in all private data of the workspace, and in nothing that a caller names in a request. */
  secret: string;
  workspaceId: string;
  userId: string;
  tokenId: string;
  /** Session of the admin. */
  sessionId: string;
  serviceAccountId: string;
  /** One that is open. */
  invitationId: string;
  userSubject: string;
  auditId: number;
  experimentId: number;
  experimentName: string;
  runId: string;
  viewId: string;
  loggedModelId: string;
  traceId: string;
  assessmentId: string;
  evaluationId: string;
  evaluationRecordId: string;
  artifactPath: string;
  model: string;
  version: number;
  versionId: string;
  /** A promotion request of the admin, and one of the other person. */
  ownRequestId: string;
  requestId: string;
  trustedKeyId: string;
  endpointId: string;
  endpoint: string;
  /** One that waits. */
  loadTestId: string;
  /** Rollout that is about to start, on its own endpoint. */
  rolloutId: string;
  /** With an adjustment and an approval. */
  sloId: string;
  adjustmentId: string;
  approvalId: string;
  /** A rule that is switched off, and a group of alerts. */
  alertRuleId: string;
  alertGroupId: string;
  /** Ids of a queued task, a dead letter whose webhook was notified, and an uploaded input. */
  taskId: string;
  deadTaskId: string;
  taskInputId: string;
  /** Ids of a completed and of a running playground run. */
  playgroundRunId: string;
  playgroundBatchId: string;
  predictionId: string;
  webhookId: string;
  /** Ids of a receiver with an unreachable channel, and of a failed test of it. */
  receiverId: string;
  channelId: string;
  notificationId: string;
  deliveryId: string;
  dataset: string;
  digest: string;
  datasetVersionId: string;
  /** Ids of uploads: one that became a version, one not yet read, and one that failed. */
  datasetUploadId: string;
  /** Files against files, still to be compared. */
  analysisId: string;
  waitingUploadId: string;
  givenUpUploadId: string;
  contractId: string;
  leakageCheckId: string;
  /** A set whose rows are still to be read, and an evaluation and a robustness run that wait for it. */
  evaluationSetId: string;
  evaluationRunId: string;
  robustnessRunId: string;
  /** Name of what the business counts. */
  kpi: string;
  importId: string;
  exportId: string;
  /** Number of an incident, and what belongs to it; alerts without an incident. */
  incident: number;
  incidentId: string;
  timelineEventId: number;
  actionId: string;
  runbookId: string;
  lonelyGroupId: string;
  /** Number of an incident with two groups of alerts, and one of them. */
  otherIncident: number;
  splitGroupId: string;
  trashedRunId: string;
  trashedModelId: string;
  /** Ids of a team with a schedule, an override and a policy, and of a group with a pending escalation. */
  teamId: string;
  scheduleId: string;
  overrideId: string;
  policyId: string;
  calledGroupId: string;
  escalationId: string;
  /** Fingerprint of the firing alert; ids of a silence and of a recurring one. */
  fingerprint: string;
  silenceId: string;
  silenceRecurrenceId: string;
  /** A mark that a feature's drift is expected. */
  expectedMarkId: string;
  /** References of the version: one that is ready, and one that is still queued. */
  profileId: string;
  waitingProfileId: string;
  /** Names of definitions of the feature store; the view has a row. */
  featureEntity: string;
  featureSource: string;
  featureView: string;
  featureService: string;
  trainingSetId: string;
  readView: string;
  featureConnection: string;
  materialisationId: string;
  /** A label project with a task that a person has answered, and one that waits. */
  labelProjectId: number;
  /** A run over its labels that waits. */
  labelRunId: number;
  labelTaskId: number;
  labelAnswerId: number;
  labelPredictionId: number;
  openLabelTaskId: number;
  /** The person who has answered. */
  labelPerson: string;
  /** Names of an engine and a template, and a job that waits. */
  trainingEngine: string;
  jobTemplate: string;
  trainingJobId: string;
  /** An attempt of it. */
  trainingAttempt: number;
  sweepId: string;
  /** Number of a cycle of the model's retraining policy, which waits for an approval. */
  retrainingCycle: number;
  /** Number of a game day that has not started. */
  gameDay: number;
  followUpId: string;
  store: ArtifactStore;
}

/** Creates one of each thing in the workspace of an admin, who gets a password. Names are the same in every scene. */
export async function setUpFixture(ctx: Context, secret: string): Promise<Fixture> {
  const passwordHash = await hashPassword(password);
  await ctx.db.update(users).set({ passwordHash }).where(eq(users.id, ctx.actor.id));
  const email = `${ctx.actor.workspaceId.slice(0, 8)}@people.test`;
  const user = (await newMember(ctx, "member", { email, name: secret })).actor;
  const delivery = { publicUrl: "http://localhost:3000", send: undefined };
  const guest = { email: `${secret}@guests.test`, role: "viewer" as const };
  const { invitation } = await createInvitation(ctx, guest, delivery);
  const { token } = await createToken(ctx, { name: secret, scopes: ["read"] });
  const store = await openLocalStore(await mkdtemp(join(tmpdir(), "leeway-scene-")));
  const tracked = await track(ctx, store, secret);
  const served = await serve(ctx, store, secret);
  const tasks = await submit(ctx, store, served.endpointId, secret);
  const requests = await request(ctx, user.id, { name: served.model, version: served.version, reason: secret });
  const gathered = await gather(ctx, store, secret);
  const evaluated = await evaluate(ctx, { ...served, ...gathered }, secret);
  const [entry] = (await readAuditLog(ctx, { limit: 1 })).events;
  return {
    secret,
    workspaceId: ctx.actor.workspaceId,
    userId: user.id,
    userSubject: `user/${email}`,
    tokenId: token.id,
    sessionId: await signIn(ctx, secret),
    serviceAccountId: (await createServiceAccount(ctx, { name: secret, role: "member" })).id,
    invitationId: invitation.id,
    auditId: entry?.id ?? 0,
    store,
    ...(await listen(ctx, secret)),
    ...(await notify(ctx, secret)),
    ...gathered,
    ...evaluated,
    ...(await retrain(ctx, { ...served, ...gathered, ...evaluated }, secret)),
    ...(await rehearse(ctx, served.endpoint, secret)),
    ...(await featurise(ctx, gathered, secret)),
    ...(await label(ctx, secret)),
    ...(await train(ctx, store, secret)),
    ...(await bring(ctx, secret)),
    rolloutId: await rollOut(ctx, secret),
    ...(await promise(ctx, served.endpointId, secret)),
    ...(await createAlertRows(ctx, served.endpointId, secret)),
    ...(await burn(ctx, secret)),
    ...(await watch(ctx, served.endpointId, secret)),
    ...(await tryOut(ctx, served.versionId, secret)),
    ...(await refer(ctx, served, secret)),
    ...(await count(ctx, secret)),
    ...(await throwAway(ctx, tracked.experimentId, secret)),
    ...tracked,
    ...served,
    ...tasks,
    ...requests,
    ...(await putOnCall(ctx, { userId: user.id, otherId: ctx.actor.id }, secret)),
    trustedKeyId: await trust(ctx, { name: served.model, version: served.version }, secret),
  };
}

/** Signs the admin in with a browser. */
async function signIn(ctx: Context, secret: string): Promise<string> {
  const { id: userId } = ctx.actor;
  const browser = { method: "password", address: secret, userAgent: secret } as const;
  await createSession(ctx.db, { userId, sessionVersion: 1, ...browser });
  const [session] = await ctx.db.select({ id: sessions.id }).from(sessions).where(eq(sessions.userId, userId));
  return session?.id ?? "";
}

/** Creates a dataset with a version, a contract, a file that is still to be processed, and a leakage check. */
async function gather(ctx: Context, store: ArtifactStore, secret: string) {
  const dataset = "a-dataset";
  const intake = { artifacts: store, maxBytes: 1000 };
  const upload = (rows: string) =>
    uploadDataset(ctx, { name: dataset, fileName: "a.csv", note: secret }, Readable.from([Buffer.from(rows)]), intake);
  const { id: datasetUploadId } = await upload(`split,text\ntrain,${secret}\ntest,${secret}\n`);
  await readDataset(ctx, datasetUploadId, store);
  const { id: waitingUploadId } = await upload(`text\n${secret}\n`);
  const { id: givenUpUploadId } = await upload(`text\n${secret}\n`);
  await markUploadFailed(ctx, { uploadId: givenUpUploadId, reason: secret });
  const rules = { columns: [{ column: "text", levels: [secret] }] };
  const { id: contractId } = await setContract(ctx, { name: dataset, rules, reason: secret });
  const [version] = await ctx.db
    .select()
    .from(datasetVersions)
    .where(eq(datasetVersions.workspaceId, ctx.actor.workspaceId));
  const { id: datasetVersionId = "", digest = "" } = version ?? {};
  const side = (value: string) => ({ name: dataset, digest, where: { column: "split", value } });
  const question = { left: side("train"), right: side("test") };
  const { id: leakageCheckId } = await requestLeakageCheck(ctx, { name: dataset, question });
  const whole = { name: dataset, digest };
  const analysis = await requestAnalysis(ctx, { question: { kind: "batch", reference: whole, current: whole } });
  const uploads = { datasetUploadId, waitingUploadId, givenUpUploadId };
  return { dataset, digest, datasetVersionId, ...uploads, contractId, leakageCheckId, analysisId: analysis.id };
}

/** Adds a trusted key, a signature, and a requested scan. */
async function trust(ctx: Context, key: { name: string; version: number }, secret: string): Promise<string> {
  const { id } = await addTrustedKey(ctx, { name: secret, publicKey: Buffer.alloc(32, 9).toString("base64") });
  await signVersion(ctx, { ...key, signature: Buffer.alloc(64, 9).toString("base64") });
  await requestScan(ctx, key);
  return id;
}

/** Creates a webhook with an unreachable URL, with a failed delivery. */
async function listen(ctx: Context, secret: string) {
  const url = `http://127.0.0.1:1/${secret}`;
  const webhook = await createWebhook(ctx, { name: "hook", url, events: ["model.renamed"] }, { allowsPrivate: true });
  await testWebhook(ctx, { webhookId: webhook.id }, { allowsPrivate: true });
  const { deliveries } = await listDeliveries(ctx, { webhookId: webhook.id });
  return { webhookId: webhook.id, deliveryId: deliveries[0]?.id ?? "" };
}

/** Creates a queued import and a queued export. */
async function bring(ctx: Context, secret: string) {
  const address = `http://127.0.0.1:1/${secret}`;
  const { id } = await startImport(ctx, { address, token: secret }, { allowsPrivate: true });
  const { id: exportId } = await startExport(ctx, {});
  return { importId: id, exportId };
}

/** Creates a run, a model and an open purge in the trash. */
async function throwAway(ctx: Context, experimentId: number, secret: string) {
  const [run, other] = [await createRun(ctx, { experimentId, name: secret }), await createRun(ctx, { experimentId })];
  for (const { id } of [run, other]) await deleteRun(ctx, id);
  await requestPurge(ctx, { kind: "run", id: other.id, reason: secret });
  await createRegisteredModel(ctx, { name: "a-thrown-away-model", description: secret });
  await deleteRegisteredModel(ctx, { name: "a-thrown-away-model" });
  const [trashed] = (await listTrash(ctx, { kind: "model" })).items;
  return { trashedRunId: run.id, trashedModelId: trashed?.id ?? "" };
}

async function request(ctx: Context, personId: string, overrides: { name: string; version: number; reason: string }) {
  const own = await requestPromotion(ctx, { ...overrides, alias: "challenger" });
  const other = { ...ctx, actor: { ...ctx.actor, id: personId } };
  const { id: requestId } = await requestPromotion(other, { ...overrides, alias: "champion" });
  return { ownRequestId: own.id, requestId };
}
