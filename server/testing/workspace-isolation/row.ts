import type { Fixture } from "#server/testing/permissions/fixture.ts";

/** What is sent besides method and path. Parameters of the path are filled from the scene by their name. */
export interface Requested {
  params?: Record<string, string>;
  query?: Record<string, string>;
  /** An object goes as JSON, a text as the bytes of a file. */
  body?: object | string;
  headers?: Record<string, string>;
}

/**
 * What a caller of a workspace without anything is answered, who asks for the things of the scene: "absent" is 404, "nothing"
 * a success that holds nothing of the scene, "open" the same without a caller, "refused" 403, and a number the status that MLflow's client expects there.
 */
type Result = "absent" | "nothing" | "open" | "refused" | number;

/** One route, asked for the things of another workspace. */
export interface Row {
  answer: Result;
  request: (fixture: Fixture) => Requested;
  /** What the owner gets where that is an error too, or nothing. By default it must be neither 400 nor 404. */
  owner?: number;
}

/** The rows by route: "GET /api/v1/runs/:run". */
export type Rows = Record<string, Row>;

type Ask = Requested | ((fixture: Fixture) => Requested);

function row(result: Result, request: Ask = {}, owner?: number): Row {
  return {
    answer: result,
    request: typeof request === "function" ? request : () => request,
    ...(owner !== undefined && { owner }),
  };
}

/** Names something of the scene: not there for anybody else. */
export const absent = (request?: Ask, owner?: number): Row => row("absent", request, owner);

/** Lists, searches, or changes the caller's own workspace: nothing of the scene is in it. */
export const nothing = (request?: Ask, owner?: number): Row => row("nothing", request, owner);

/** Asks for no caller, and tells nothing of anybody. */
export const open = (): Row => row("open");

/** As `absent`, with values in the query or in the body. */
export const inQuery = (of: (fixture: Fixture) => Record<string, string>, more: Record<string, string> = {}): Row =>
  absent((fixture) => ({ query: { ...of(fixture), ...more } }));
export const inBody = (of: (fixture: Fixture) => object, more: object = {}): Row =>
  absent((fixture) => ({ body: { ...of(fixture), ...more } }));

/** Only for who runs the installation. */
export const refused = (request?: Ask, owner?: number): Row => row("refused", request, owner);

/** Answered by MLflow with another status than 404 when something is not there. */
export const answered = (status: number, request: Ask, owner?: number): Row => row(status, request, owner);

/** What stands for the parameters of paths. */
export function parametersOf(fixture: Fixture): Record<string, string> {
  return {
    user: fixture.userId,
    token: fixture.tokenId,
    event: String(fixture.auditId),
    experiment: String(fixture.experimentId),
    experimentId: String(fixture.experimentId),
    run: fixture.runId,
    view: fixture.viewId,
    model: fixture.model,
    version: String(fixture.version),
    reference: fixture.profileId,
    alias: "champion",
    key: "tag",
    request: fixture.requestId,
    keyId: fixture.trustedKeyId,
    dataset: fixture.dataset,
    digest: fixture.digest,
    upload: fixture.datasetUploadId,
    check: fixture.leakageCheckId,
    endpoint: fixture.endpoint,
    loadTest: fixture.loadTestId,
    rollout: fixture.rolloutId,
    incident: String(fixture.incident),
    action: fixture.actionId,
    runbook: fixture.runbookId,
    slo: fixture.sloId,
    adjustment: fixture.adjustmentId,
    approval: fixture.approvalId,
    playgroundRun: fixture.playgroundRunId,
    prediction: fixture.predictionId,
    webhook: fixture.webhookId,
    task: fixture.taskId,
    delivery: fixture.deliveryId,
    team: fixture.teamId,
    schedule: fixture.scheduleId,
    override: fixture.overrideId,
    policy: fixture.policyId,
    group: fixture.calledGroupId,
    fingerprint: fixture.fingerprint,
    silence: fixture.silenceId,
    recurrence: fixture.silenceRecurrenceId,
    rule: fixture.alertRuleId,
    receiver: fixture.receiverId,
    channel: fixture.channelId,
    notification: fixture.notificationId,
    report: "2026-W19",
    kpi: fixture.kpi,
    review: "2026-W19",
    import: fixture.importId,
    export: fixture.exportId,
    model_id: fixture.loggedModelId,
    trace_id: fixture.traceId,
    assessment_id: fixture.assessmentId,
    dataset_id: fixture.evaluationId,
    webhook_id: fixture.webhookId,
    mark: fixture.expectedMarkId,
    analysis: fixture.analysisId,
  };
}
