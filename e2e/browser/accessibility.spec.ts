import { expect, type Page } from "@playwright/test";
import { createFixture, type Fixture } from "./accessibility-fixture.ts";
import { findings } from "./axe.ts";
import { call, signIn, signInByForm, unique } from "./fixture.ts";
import { test } from "./journey.ts";
import { pageRoutes, routeOf } from "./page-routes.ts";

// Each page is analysed twice.

let fixture: Fixture;
/** Page shared by all tests, which keeps what the browser has cached of the console. */
let page: Page;

test.beforeAll(async ({ browser }) => {
  fixture = await createFixture();
  page = await browser.newPage();
});

test.afterAll(() => page.close());

const absent = "an absent page";
const positions: Record<string, (fixture: Fixture) => string> = {
  overview: () => "/overview",
  "the drawer of a number": () => "/overview?fact=objectives.met",
  "the overview of now": () => "/overview/now",
  "what the business counts": () => "/overview/kpis",
  "a KPI": ({ kpi }) => `/overview/kpis?kpi=${kpi}`,
  "the review of a week": () => "/overview/reviews/2026-W19",
  "the review of a month": () => "/overview/reviews/2026-05",
  "getting started": () => "/getting-started",
  endpoints: () => "/endpoints",
  "an endpoint": ({ digits }) => `/endpoints/${digits}?range=15m`,
  "the traffic of an endpoint": ({ digits }) => `/endpoints/${digits}/traffic?range=15m`,
  "the releases of an endpoint": ({ digits }) => `/endpoints/${digits}/releases`,
  "the settings of an endpoint": ({ digits }) => `/endpoints/${digits}/settings`,
  "the tasks of an endpoint": ({ digits }) => `/endpoints/${digits}/tasks`,
  "a task": ({ digits, taskId }) => `/endpoints/${digits}/tasks?task=${taskId}`,
  "a dead letter": ({ digits, deadTaskId }) => `/endpoints/${digits}/tasks?state=failed&task=${deadTaskId}`,
  "the load tests of an endpoint": ({ digits }) => `/endpoints/${digits}/load-tests`,
  "a load test": ({ digits, loadTestId }) => `/endpoints/${digits}/load-tests/${loadTestId}`,
  rollouts: () => "/rollouts",
  "a rollout that waits": ({ rolloutId }) => `/rollouts/${rolloutId}`,
  "a rollout that is over": ({ endedRolloutId }) => `/rollouts/${endedRolloutId}`,
  "the plan of a rollout": ({ flights }) => `/rollouts/new?endpoint=${flights}`,
  SLOs: () => "/slos",
  "SLOs by owner": () => "/slos?view=owner",
  "an SLO": ({ slo }) => `/slos/${slo}`,
  "the form of an SLO": ({ slo }) => `/slos/${slo}/edit`,
  "the form of a new SLO": () => "/slos/new",
  costs: () => "/costs",
  "costs by machine": () => "/costs?by=machine",
  "the price book": () => "/costs/prices",
  budgets: () => "/costs/budgets",
  "the quality of all endpoints": () => "/endpoints?view=quality",
  "the quality of an endpoint": ({ digits }) => `/endpoints/${digits}/quality`,
  "quality with labels": ({ drifting }) => `/endpoints/${drifting}/quality`,
  "the costs of an endpoint": ({ digits }) => `/endpoints/${digits}/cost`,
  "the board": () => "/on-call",
  "an incident on the board": ({ incident }) => `/on-call/INC-${incident}`,
  "the schedules": () => "/on-call/schedules",
  "a schedule": ({ scheduleId }) => `/on-call/schedules/${scheduleId}`,
  "the form of a schedule": ({ scheduleId }) => `/on-call/schedules/${scheduleId}/edit`,
  "the form of a new schedule": () => "/on-call/schedules/new",
  "the teams": () => "/on-call/teams",
  "the escalation policies": () => "/on-call/policies",
  "the hand-over": ({ scheduleId }) => `/on-call/handover?schedule=${scheduleId}`,
  "the prediction log": ({ digits }) => `/endpoints/${digits}/predictions`,
  "a filter of the prediction log with a mistake": ({ digits }) => `/endpoints/${digits}/predictions?q=label+%3D+maybe`,
  "a prediction": ({ digits, predictionId }) => `/endpoints/${digits}/predictions/${predictionId}`,
  "the way to the playground": () => "/playground",
  "the playground with a pad": ({ digits }) => `/playground/${digits}`,
  "the playground with a form": ({ flights }) => `/playground/${flights}`,
  experiments: () => "/experiments",
  "an experiment": ({ experimentId }) => `/experiments/${experimentId}`,
  "the charts of an experiment": ({ experimentId }) => `/experiments/${experimentId}?view=charts`,
  "an experiment by status": ({ experimentId }) => `/experiments/${experimentId}?group=status`,
  "a run": ({ experimentId, runId }) => `/experiments/${experimentId}/runs/${runId}`,
  "the artifacts of a run": ({ experimentId, runId }) => `/experiments/${experimentId}/runs/${runId}?tab=artifacts`,
  "the environment of a run": ({ experimentId, runId }) => `/experiments/${experimentId}/runs/${runId}?tab=environment`,
  "two runs": ({ runIds }) => `/experiments/compare?runs=${runIds}`,
  "the curves of two runs": ({ runIds }) => `/experiments/compare?runs=${runIds}&tab=curves`,
  "two runs in a plane": ({ runIds }) => `/experiments/compare?runs=${runIds}&tab=scatter`,
  "the artifacts of two runs": ({ runIds }) => `/experiments/compare?runs=${runIds}&tab=artifacts`,
  "no runs to compare": () => "/experiments/compare",
  models: () => "/models",
  "requests of all models": () => "/models?view=requests",
  "a model": ({ digits }) => `/models/${digits}`,
  "a version": ({ digits }) => `/models/${digits}/v1`,
  "a version's reference": ({ flights }) => `/models/${flights}/v1/reference`,
  "a version without a reference": ({ digits }) => `/models/${digits}/v1/reference`,
  "a version's evaluation": ({ flights, evaluationSet }) => `/models/${flights}/v2/evaluation?set=${evaluationSet}`,
  "two versions on a set": ({ flights, evaluationSet }) =>
    `/models/${flights}/v2/evaluation/compare?set=${evaluationSet}`,
  "segments of an evaluation": ({ flights, evaluationSet }) =>
    `/models/${flights}/v2/evaluation/segments?set=${evaluationSet}`,
  "rows of an evaluation": ({ flights, evaluationSet }) =>
    `/models/${flights}/v2/evaluation/rows?set=${evaluationSet}&only=incorrect&order=loss`,
  "the robustness of a version": ({ flights, evaluationSet }) =>
    `/models/${flights}/v2/evaluation/robustness?set=${evaluationSet}&kind=cell-noise&severity=4`,
  "the fairness of a version": ({ flights, evaluationSet }) =>
    `/models/${flights}/v2/evaluation/fairness?set=${evaluationSet}`,
  "evaluation sets": ({ flights }) => `/models/${flights}/v2/evaluation/sets`,
  "requests of a model": ({ digits }) => `/models/${digits}?view=requests`,
  "the policy of a model": ({ digits }) => `/models/${digits}?view=policy`,
  "the alias history of a model": ({ digits }) => `/models/${digits}?view=aliases`,
  "two versions": ({ digits }) => `/models/${digits}/compare?a=1&b=2`,
  datasets: () => "/datasets",
  "a dataset": ({ dataset }) => `/datasets/${dataset}`,
  "a dataset's contract": ({ dataset }) => `/datasets/${dataset}?tab=contract`,
  "a dataset's leakage": ({ dataset }) => `/datasets/${dataset}?tab=leakage`,
  features: () => "/features",
  "a filter of feature views with a mistake": () => "/features?q=size+%3E+3",
  "a new feature view": () => "/features/new",
  "a feature view": ({ featureView }) => `/features/${featureView}`,
  "feature services": () => "/features/services",
  "a feature service": ({ featureService }) => `/features/services/${featureService}`,
  "sources of features": () => "/features/sources",
  materialisations: () => "/features/materialisations",
  "a materialisation": ({ materialisationId }) => `/features/materialisations/${materialisationId}`,
  "training sets": () => "/training-sets",
  "the form of a training set": ({ featureService }) => `/training-sets/new?service=${featureService}`,
  "a training set": ({ trainingSetId }) => `/training-sets/${trainingSetId}`,
  "the form of a feature view": ({ featureView }) => `/features/${featureView}/edit`,
  "the row of a feature view": ({ featureView }) => `/features/${featureView}/keys?at=2026-01-01T00:00:00Z`,
  "the label queue": () => "/labels",
  "a new label project": () => "/labels/new",
  "a label project": ({ labelProject }) => `/labels/${labelProject}`,
  "labelling a picture": ({ labelProject }) => `/labels/${labelProject}/label`,
  "alike items of a label project": ({ labelProject }) => `/labels/${labelProject}/alike?group=alike`,
  "the review of labels": ({ labelProject }) => `/labels/${labelProject}/review`,
  "annotators of a label project": ({ labelProject }) => `/labels/${labelProject}/people`,
  "an annotator": ({ labelProject, annotator }) => `/labels/${labelProject}/people/${annotator}`,
  "gold items of a label project": ({ labelProject }) => `/labels/${labelProject}/gold`,
  "the guidelines of a label project": ({ labelProject }) => `/labels/${labelProject}/guidelines`,
  "the settings of a label project": ({ labelProject }) => `/labels/${labelProject}/settings`,
  "training jobs": () => "/jobs",
  "no such jobs": () => "/jobs?state=attention&q=there+is+none",
  "the form of a job": () => "/jobs/new",
  "a training job": ({ trainingJob }) => `/jobs/${trainingJob}`,
  "a job that repeats another one": ({ trainingRerun }) => `/jobs/${trainingRerun}`,
  sweeps: () => "/jobs/sweeps",
  "the form of a sweep": ({ jobTemplate }) => `/jobs/sweeps/new?template=${jobTemplate}`,
  "a sweep": ({ trainingSweep }) => `/jobs/sweeps/${trainingSweep}`,
  "training engines": () => "/jobs/engines",
  "a new engine": () => "/jobs/engines/new",
  "an engine": ({ trainingEngine }) => `/jobs/engines/${trainingEngine}`,
  "job templates": () => "/jobs/templates",
  "a new job template": () => "/jobs/templates/new",
  "a job template": ({ jobTemplate }) => `/jobs/templates/${jobTemplate}`,
  "retraining policies": () => "/retraining",
  "the form of a retraining policy": () => "/retraining/new",
  "a retraining policy": ({ retrained }) => `/retraining/${retrained}`,
  "a changed retraining policy": ({ retrained }) => `/retraining/${retrained}/edit`,
  "a retraining cycle": ({ retrained }) => `/retraining/${retrained}/1`,
  alerts: () => "/alerts",
  "a group of alerts": ({ alertGroupId }) => `/alerts/groups/${alertGroupId}`,
  "an alert": ({ fingerprint }) => `/alerts/${fingerprint}`,
  "the lineage of an alert": ({ fingerprint }) => `/lineage?kind=alert&id=${fingerprint}`,
  "rules of alerts": () => "/alerts/rules",
  "a rule of alerts": ({ alertRuleId }) => `/alerts/rules/${alertRuleId}`,
  "the form of a rule": ({ alertRuleId }) => `/alerts/rules/${alertRuleId}/edit`,
  "a new rule": () => "/alerts/rules/new",
  silences: () => "/alerts/silences",
  "a silence": ({ silenceId }) => `/alerts/silences/${silenceId}`,
  "a new silence": () => "/alerts/silences/new?matchers=severity%3D%22page%22",
  "a new recurring silence": () => "/alerts/silences/recurring",
  "the routes of alerts": () => "/alerts/routes?labels=alertname%3D%22A%22%2C+severity%3D%22page%22",
  "the form of the routes": () => "/alerts/routes/edit",
  "game days": () => "/game-days",
  "the form of a game day": ({ digits }) => `/game-days/new?endpoint=${digits}`,
  "a planned game day": ({ gameDay }) => `/game-days/${gameDay}`,
  "a changed game day": ({ gameDay }) => `/game-days/${gameDay}/edit`,
  incidents: () => "/incidents",
  "an incident": ({ incident }) => `/incidents/${incident}`,
  "the actions of an incident": ({ incident }) => `/incidents/${incident}?tab=actions`,
  "the runbook of an incident": ({ incident }) => `/incidents/${incident}?tab=runbook`,
  "the post-mortem of an incident": ({ incident }) => `/incidents/${incident}?tab=post-mortem`,
  "actions after incidents": () => "/incidents/actions?show=all",
  runbooks: () => "/incidents/runbooks",
  "a runbook": ({ runbookId }) => `/incidents/runbooks/${runbookId}`,
  "a new runbook": () => "/incidents/runbooks/new",
  "the debug page of a training job": ({ trainingJob }) => `/debug/jobs/${trainingJob}`,
  "the debug board": ({ digits }) => `/endpoints/${digits}/debug?range=6h&compare=before-deploy&a=latency+%3C+5`,
  "the drift of all endpoints": () => "/endpoints?view=drift",
  "compare files": () => "/datasets/compare",
  "the drift of an endpoint": ({ digits }) => `/endpoints/${digits}/drift?range=24h`,
  "drift that was found": ({ drifting }) => `/endpoints/${drifting}/drift?range=24h&show=unusual`,
  "the data of an endpoint": ({ digits }) => `/endpoints/${digits}/data?range=7d`,
  "the features of an endpoint": ({ digits }) => `/endpoints/${digits}/features`,
  "data with a reference": ({ drifting }) => `/endpoints/${drifting}/data`,
  "the audit log": () => "/audit",
  people: () => "/settings/people",
  "service accounts": () => "/settings/service-accounts",
  "one's account": () => "/settings/account",
  tokens: () => "/settings/tokens",
  webhooks: () => "/settings/webhooks",
  receivers: () => "/alerts/receivers",
  "a receiver": ({ receiverId, notificationId }) => `/alerts/receivers/${receiverId}?notification=${notificationId}`,
  "a webhook": ({ webhookId }) => `/settings/webhooks/${webhookId}`,
  security: () => "/settings/security",
  "imports and exports": () => "/settings/transfer",
  "an import": ({ importId }) => `/settings/transfer/imports/${importId}`,
  trash: () => "/settings/trash",
  help: () => "/help",
  "a guide": () => "/help/on-call",
  "a specification": () => "/help/spec/slo",
  "the workspace": () => "/settings/workspace",
  "all workspaces": () => "/settings/workspaces",
  "recurring work": () => "/settings/recurring-work",
  "the REST interface": () => "/api/v1/docs",
  [absent]: () => "/endpoints/there-is-none",
};

/** Pages that only lead on to another one. */
const leadsOn = ["/", "/settings", "/overview/reviews"];
/** Pages not shown to a signed-in user with a password; they have separate tests. */
const entrances = ["/login", "/login/password", "/invitations/[invitation]"];

test("covers every page of the console", () => {
  const routes = pageRoutes();
  expect(routes).toContain("/experiments/compare");
  const seen = Object.entries(positions).map(
    ([name, addressOf]) => name !== absent && routeOf(addressOf(fixture), routes),
  );
  expect(routes.filter((route) => ![...seen, ...leadsOn, ...entrances].includes(route))).toEqual([]);
});

for (const [name, addressOf] of Object.entries(positions)) {
  test(`${name} has no serious finding, light or dark`, async () => {
    await page.emulateMedia({ colorScheme: "light" });
    await signIn(page, addressOf(fixture));
    expect(await findings(page)).toEqual([]);
  });
}

test("finds no serious issue at sign-in and first password, light or dark", async ({ page }) => {
  await page.goto("/login");
  expect(await findings(page)).toEqual([]);
  const person = { email: `${unique("new")}@example.test`, name: "Newcomer", role: "viewer" };
  const { password } = await call<{ password: string }>("POST", "/api/v1/users", person);
  await signInByForm(page, { email: person.email, password });
  await expect(page).toHaveURL(/\/login\/password/);
  expect(await findings(page)).toEqual([]);
});
