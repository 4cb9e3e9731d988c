import type { Scene } from "#server/testing/permissions/scene.ts";

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
type Answer = "absent" | "nothing" | "open" | "refused" | number;

/** One route, asked for the things of another workspace. */
export interface Row {
  answer: Answer;
  ask: (scene: Scene) => Requested;
  /** What the owner gets where that is an error too, or nothing. By default it must be neither 400 nor 404. */
  owner?: number;
}

/** The rows by route: "GET /api/v1/runs/:run". */
export type Rows = Record<string, Row>;

type Ask = Requested | ((scene: Scene) => Requested);

function row(answer: Answer, ask: Ask = {}, owner?: number): Row {
  return { answer, ask: typeof ask === "function" ? ask : () => ask, ...(owner !== undefined && { owner }) };
}

/** Names something of the scene: not there for anybody else. */
export const absent = (ask?: Ask, owner?: number): Row => row("absent", ask, owner);

/** Lists, searches, or changes the caller's own workspace: nothing of the scene is in it. */
export const nothing = (ask?: Ask, owner?: number): Row => row("nothing", ask, owner);

/** Asks for no caller, and tells nothing of anybody. */
export const open = (): Row => row("open");

/** As `absent`, with values in the query or in the body. */
export const inQuery = (of: (scene: Scene) => Record<string, string>, more: Record<string, string> = {}): Row =>
  absent((scene) => ({ query: { ...of(scene), ...more } }));
export const inBody = (of: (scene: Scene) => object, more: object = {}): Row =>
  absent((scene) => ({ body: { ...of(scene), ...more } }));

/** Only for who runs the installation. */
export const refused = (ask?: Ask, owner?: number): Row => row("refused", ask, owner);

/** Answered by MLflow with another status than 404 when something is not there. */
export const answered = (status: number, ask: Ask, owner?: number): Row => row(status, ask, owner);

/** What stands for the parameters of paths. */
export function parametersOf(scene: Scene): Record<string, string> {
  return {
    user: scene.userId,
    token: scene.tokenId,
    event: String(scene.auditId),
    experiment: String(scene.experimentId),
    experimentId: String(scene.experimentId),
    run: scene.runId,
    view: scene.viewId,
    model: scene.model,
    version: String(scene.version),
    reference: scene.profileId,
    alias: "champion",
    key: "tag",
    request: scene.requestId,
    keyId: scene.trustedKeyId,
    dataset: scene.dataset,
    digest: scene.digest,
    upload: scene.datasetUploadId,
    check: scene.leakageCheckId,
    endpoint: scene.endpoint,
    loadTest: scene.loadTestId,
    rollout: scene.rolloutId,
    incident: String(scene.incident),
    action: scene.actionId,
    runbook: scene.runbookId,
    slo: scene.sloId,
    adjustment: scene.adjustmentId,
    approval: scene.approvalId,
    playgroundRun: scene.playgroundRunId,
    prediction: scene.predictionId,
    webhook: scene.webhookId,
    task: scene.taskId,
    delivery: scene.deliveryId,
    team: scene.teamId,
    schedule: scene.scheduleId,
    override: scene.overrideId,
    policy: scene.policyId,
    group: scene.calledGroupId,
    fingerprint: scene.fingerprint,
    silence: scene.silenceId,
    recurrence: scene.silenceRecurrenceId,
    rule: scene.alertRuleId,
    receiver: scene.receiverId,
    channel: scene.channelId,
    notification: scene.notificationId,
    report: "2026-W19",
    kpi: scene.kpi,
    review: "2026-W19",
    import: scene.importId,
    export: scene.exportId,
    model_id: scene.loggedModelId,
    trace_id: scene.traceId,
    assessment_id: scene.assessmentId,
    dataset_id: scene.evaluationId,
    webhook_id: scene.webhookId,
    mark: scene.expectedMarkId,
    analysis: scene.analysisId,
  };
}
