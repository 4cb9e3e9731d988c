import type { Fixture } from "#server/testing/permissions/fixture.ts";

/** Request besides method and path. Parameters of the path are filled from the fixture by name. */
export interface Requested {
  params?: Record<string, string>;
  query?: Record<string, string>;
  /** Request body: an object is sent as JSON, a text as the bytes of a file. */
  body?: object | string;
  headers?: Record<string, string>;
}

/**
 * Response to a caller of an empty workspace who requests items of the fixture: "absent" is 404, "nothing" a success
 * without any item of the fixture, "open" the same without a caller, "refused" 403, and a number the status that the MLflow client expects.
 */
type Result = "absent" | "nothing" | "open" | "refused" | number;

/** Route requested for items of another workspace. */
export interface Row {
  answer: Result;
  request: (fixture: Fixture) => Requested;
  /** Status for the owner if that is an error or has no content too. By default it must be neither 400 nor 404. */
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

/** Returns a row for a request that names an item of the fixture, which does not exist for any other caller. */
export const absent = (request?: Ask, owner?: number): Row => row("absent", request, owner);

/** Lists, searches, or changes the caller's own workspace: nothing of the scene is in it. */
export const nothing = (request?: Ask, owner?: number): Row => row("nothing", request, owner);

/** Returns a row for a route that needs no caller and reveals nothing about anyone. */
export const open = (): Row => row("open");

/** Creates a row like `absent`, with values in the query or in the body. */
export const inQuery = (of: (fixture: Fixture) => Record<string, string>, more: Record<string, string> = {}): Row =>
  absent((fixture) => ({ query: { ...of(fixture), ...more } }));
export const inBody = (of: (fixture: Fixture) => object, more: object = {}): Row =>
  absent((fixture) => ({ body: { ...of(fixture), ...more } }));

/** Creates a row of a route that only the operator of the installation may call. */
export const refused = (request?: Ask, owner?: number): Row => row("refused", request, owner);

/** Creates a row of a route that only takes a token of its own kind, not one of the API: 401 for anyone else, the owner included. */
export const byOwnToken = (request?: Ask): Row => row(401, request, 401);

/** Creates a row of a route where MLflow responds with another status than 404 if something does not exist. */
export const answered = (status: number, request: Ask, owner?: number): Row => row(status, request, owner);

/** Returns the values for the parameters of paths. */
export function parametersOf(fixture: Fixture): Record<string, string> {
  return {
    user: fixture.userId,
    account: fixture.userId,
    invitation: fixture.invitationId,
    token: fixture.tokenId,
    session: fixture.sessionId,
    serviceAccount: fixture.serviceAccountId,
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
    set: fixture.evaluationSetId,
    evaluation: fixture.evaluationRunId,
    robustnessRun: fixture.robustnessRunId,
    featureEntity: fixture.featureEntity,
    featureSource: fixture.featureSource,
    featureView: fixture.featureView,
    featureService: fixture.featureService,
    trainingSet: fixture.trainingSetId,
    featureConnection: fixture.featureConnection,
    materialisation: fixture.materialisationId,
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
    labelProject: String(fixture.labelProjectId),
    labelTask: String(fixture.labelTaskId),
    annotator: fixture.labelPerson,
    labelAnswer: String(fixture.labelAnswerId),
    labelPrediction: String(fixture.labelPredictionId),
  };
}
