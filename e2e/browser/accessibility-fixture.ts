import { expect } from "@playwright/test";
import { call, newExperiment, newRun, unique } from "./fixture.ts";
import { newDrifting, trainingFile } from "./monitoring-fixture.ts";
import { newReference } from "./reference-fixture.ts";
import { digits, image, newEndpoint, newVersion, run, submit } from "./serving-fixture.ts";
import { logsMetrics } from "./training-programs.ts";

export interface Fixture {
  digits: string;
  /** Id of a prediction in the log of the digits endpoint. */
  predictionId: string;
  flights: string;
  /** Set on which two versions of the flights were evaluated, as addresses name it. */
  evaluationSet: string;
  /** Model with a retraining policy and a cycle. */
  retrained: string;
  /** Name of a planned game day. */
  gameDay: string;
  /** Ids of a succeeded task and of a dead letter. */
  taskId: string;
  deadTaskId: string;
  experimentId: string;
  runId: string;
  /** Ids of two runs, in the format of the comparison's URL. */
  runIds: string;
  webhookId: string;
  /** One with channels of each look, and a test that did not arrive. */
  receiverId: string;
  notificationId: string;
  importId: string;
  dataset: string;
  /** A feature view with rows. */
  featureView: string;
  featureService: string;
  /** A training set with findings. */
  trainingSetId: string;
  /** A materialisation with a rejected row. */
  materialisationId: string;
  loadTestId: string;
  /** A label project with pictures, some of them labelled, one of them in review; one of its annotators. */
  labelProject: string;
  annotator: string;
  /** A job that printed, saved and ended, its engine and its template. */
  trainingJob: string;
  trainingEngine: string;
  jobTemplate: string;
  /** An exact re-run of the job, and a sweep whose trials have ended. */
  trainingRerun: string;
  trainingSweep: string;
  /** Ids of a running rollout and of one that was rolled back. */
  rolloutId: string;
  endedRolloutId: string;
  /** Endpoint whose inputs drift from the reference of its version. */
  drifting: string;
  /** Id of a team's schedule with an override, and with gaps at night. */
  scheduleId: string;
  slo: string;
  /** Number of an incident with a note, an action, a draft and a runbook. */
  incident: number;
  runbookId: string;
  /** A group with an alert that is silenced. */
  alertGroupId: string;
  fingerprint: string;
  silenceId: string;
  alertRuleId: string;
  /** Name of what the business counts, with an event. */
  kpi: string;
}

/** Creates content for every page: models, a busy endpoint, runs, a webhook, an import, a dataset that violates its contract. */
export async function createFixture(): Promise<Fixture> {
  const names = { digits: unique("digits"), flights: unique("flight-delay") };
  await newVersion(names.digits, "digits/models/digits-v2.onnx");
  await newVersion(names.digits, "digits/models/digits-v3.onnx");
  await requestPromotion(names.digits);
  for (let version = 0; version < 2; version += 1)
    await newVersion(names.flights, "flight-delay/models/flight-delay-v2.onnx");
  await newReference(names.flights, 1);
  const { evaluationSet, evaluationSetId } = await newEvaluation(names.flights);
  await newEndpoint(names.digits, names.digits, 1);
  for (const { pixels } of digits(5)) await run(names.digits, { inputs: [image(pixels)] });
  await run(names.digits, { inputs: [{ ...image([]), shape: [1, 1, 8, 0] }] });
  const taskId = await submit(names.digits, { inputs: [image(digits(1)[0]?.pixels ?? [])] });
  const deadTaskId = await submit(names.digits, { inputs: [{ ...image([]), shape: [1, 1, 8, 0] }] });
  const predictionId = await newPrediction(names.digits);
  const experimentId = await newExperiment(unique("parcel-damage"));
  const metrics = { val_accuracy: [0.5, 0.7, "NaN" as const, 0.9], loss: [1, 0.5, 0.4, 0.3] };
  const runId = await newRun(experimentId, { name: "even-keel", status: "FINISHED", params: { lr: "0.1" }, metrics });
  const failed = await newRun(experimentId, { name: "low-water", status: "FAILED", metrics: { loss: [1, "NaN"] } });
  const webhook = { name: "hook", url: "http://127.0.0.1:1/", events: ["webhook.created"] };
  const { id: webhookId } = await call<{ id: string }>("POST", "/api/v1/webhooks", webhook);
  await call("POST", `/api/v1/webhooks/${webhookId}/tests`, {});
  const { id: importId } = await call<{ id: string }>("POST", "/api/v1/imports", { address: "http://127.0.0.1:1" });
  const drifting = await newDrifting(names.flights);
  const training = await newTrainingJob();
  await newRetraining(names.flights, drifting, { template: training.jobTemplate, frozenSet: evaluationSetId });
  return {
    ...names,
    evaluationSet,
    retrained: names.flights,
    gameDay: await planGameDay(names.digits),
    predictionId,
    taskId,
    deadTaskId,
    experimentId,
    runId,
    runIds: `${runId},${failed}`,
    webhookId,
    ...(await newReceiver()),
    importId,
    dataset: await newDataset(),
    featureView: await newFeatureView(),
    ...(await newTrainingSet()),
    materialisationId: await newMaterialisation(),
    loadTestId: await newLoadTest(names.digits, 2),
    ...(await newLabelProject()),
    ...training,
    ...(await newRollouts(names.flights)),
    drifting,
    scheduleId: await newOnCall(names.digits),
    slo: await newSlo(names.digits),
    ...(await newIncident(names.digits)),
    ...(await newAlert(names.digits)),
    kpi: await newKpi(names.digits),
  };
}

/** Plans a game day on an endpoint. @returns its name */
async function planGameDay(endpoint: string): Promise<string> {
  const { number } = await call<{ number: number }>("POST", "/api/v1/game-days", {
    endpoint,
    hypothesis: "When 10% of requests fail, on-call is notified within 12 minutes.",
    fault: { kind: "errors" },
    scope: "requests",
    expectations: [{ what: "notified", withinSeconds: 720 }, { what: "noHarm" }],
  });
  return `GD-${number}`;
}

/** Runs a job of a template on this machine, whose program prints and saves a checkpoint. */
async function newTrainingJob(): Promise<
  Pick<Fixture, "trainingJob" | "trainingEngine" | "jobTemplate" | "trainingRerun" | "trainingSweep">
> {
  const [trainingEngine, jobTemplate] = [unique("local"), unique("printer")];
  const settings = { kind: "local", maxJobs: 1 };
  await call("POST", "/api/v1/training/engines", { name: trainingEngine, settings });
  const save = "open(os.path.join(os.environ['LEEWAY_CHECKPOINT_DIR'], 'step-20.pt'), 'w').write('weights')";
  const program = `${logsMetrics}\nprint('epoch 1'); ${save}; log('loss', parameters['rate'], 1); print('epoch 2')`;
  const parameters = [{ name: "rate", kind: "number", default: 0.5 }];
  await call("PUT", `/api/v1/training/templates/${jobTemplate}`, {
    spec: { job: { command: ["python3", "-c", program] }, parameters },
  });
  const body = { template: jobTemplate, engine: trainingEngine };
  const { id: trainingJob } = await call<{ id: string }>("POST", "/api/v1/training/jobs", body);
  const state = async (path: string) => (await call<{ state: string }>("GET", `/api/v1/training/${path}`)).state;
  await expect.poll(() => state(`jobs/${trainingJob}`)).toBe("finished");
  const again = await call<{ id: string }>("POST", `/api/v1/training/jobs/${trainingJob}/rerun`, { exact: true });
  const sweep = await call<{ id: string }>("POST", "/api/v1/training/sweeps", {
    ...body,
    name: unique("rates"),
    sweep: { kind: "grid", space: { rate: { kind: "values", values: [0.1, 0.2] } }, metric: "loss", goal: "min" },
  });
  await expect.poll(() => state(`sweeps/${sweep.id}`), { timeout: 30_000 }).toBe("ended");
  return { trainingJob, trainingEngine, jobTemplate, trainingRerun: again.id, trainingSweep: sweep.id };
}

/** Creates a label project of real digits, with definitions, and labels two of them. */
async function newLabelProject(): Promise<Pick<Fixture, "labelProject" | "annotator">> {
  const name = unique("digits");
  const { id } = await call<{ id: number }>("POST", "/api/v1/label-projects", {
    name,
    taskKind: "class",
    classes: Array.from({ length: 10 }, (_, digit) => String(digit)),
    shown: [{ name: "image", kind: "image", field: "image" }],
    question: "Which digit is this?",
    settings: { minAnswers: 1, maxAnswers: 2 },
    guideline: { text: "Label what you see.", classes: [{ name: "7", definition: "a flat top; may have a bar" }] },
  });
  const tasks = digits(6).map(({ pixels }, at) => ({
    item: `digit-${at}`,
    data: { image: Array.from({ length: 8 }, (_, row) => pixels.slice(row * 8, row * 8 + 8)) },
  }));
  const path = `/api/v1/label-projects/${id}`;
  const { taskIds } = await call<{ taskIds: number[] }>("POST", `${path}/tasks`, { tasks });
  for (const taskId of taskIds.slice(0, 2)) {
    await call("PUT", `${path}/tasks/${taskId}/answer`, { value: { kind: "class", label: "7" } });
  }
  await call("POST", `${path}/guidelines`, {
    text: "Label what you see, not what is likely.",
    reason: "It was unclear.",
  });
  const alike = digits(9).map(({ pixels }, at) => ({
    item: `alike-${at}`,
    data: { image: Array.from({ length: 8 }, (_, row) => pixels.slice(row * 8, row * 8 + 8)) },
    groupKey: "alike",
  }));
  const { taskIds: alikeIds } = await call<{ taskIds: number[] }>("POST", `${path}/tasks`, { tasks: alike });
  for (const taskId of alikeIds.slice(0, 3)) {
    await call("PUT", `${path}/tasks/${taskId}/answer`, { value: { kind: "class", label: "7" } });
  }
  const say = (person: string, label: string) => ({ person, value: { kind: "class", label } });
  const answers = [say("jan", "1"), say("mei", "7")];
  const [first] = tasks;
  await call("POST", `${path}/tasks`, { tasks: [{ item: "disputed", data: first?.data, answers }] });
  return { labelProject: name, annotator: "jan" };
}

async function newReceiver(): Promise<Pick<Fixture, "receiverId" | "notificationId">> {
  const channels = [
    { settings: { kind: "slack-hook" }, secret: "http://127.0.0.1:1/" },
    { settings: { kind: "email", to: ["ml@example.test"] }, isEnabled: false },
  ];
  const input = { name: unique("on-call"), channels };
  const { id, channels: made } = await call<{ id: string; channels: { id: string }[] }>(
    "POST",
    "/api/v1/receivers",
    input,
  );
  await call("POST", `/api/v1/channels/${made[0]?.id}/tests`, {});
  const path = `/api/v1/notifications?receiverId=${id}`;
  const { notifications } = await call<{ notifications: { id: string }[] }>("GET", path);
  return { receiverId: id, notificationId: notifications[0]?.id ?? "" };
}

/** Creates a rollout that was rolled back, and a second one in its place. */
async function newRollouts(name: string): Promise<Pick<Fixture, "rolloutId" | "endedRolloutId">> {
  await call("POST", "/api/v1/endpoints", { name });
  const reason = "Scene of a journey";
  await call("POST", `/api/v1/endpoints/${name}/deployments`, { model: name, version: 1, reason });
  const plan = { steps: [{ weight: 0.1 }, { weight: 0.5 }], guardrails: [{ metric: "errors", requiresVerdict: true }] };
  const start = () => call<{ id: string }>("POST", "/api/v1/rollouts", { endpoint: name, version: 2, plan, reason });
  const { id: endedRolloutId } = await start();
  await call("POST", `/api/v1/rollouts/${endedRolloutId}/rollback`, { reason });
  const { id: rolloutId } = await start();
  return { rolloutId, endedRolloutId };
}

/** Creates an SLO of an endpoint. */
async function newSlo(endpoint: string): Promise<string> {
  const { id: endpointId } = await call<{ id: string }>("GET", `/api/v1/endpoints/${endpoint}`);
  const indicator = { kind: "availability", endpointId };
  const definition = { target: 0.995, period: { kind: "rolling", days: 30 }, indicator };
  const { name } = await call<{ name: string }>("POST", "/api/v1/slos", { name: unique("answered"), definition });
  return name;
}

/** Creates a team responsible for a model, with a policy and a schedule. */
async function newOnCall(model: string): Promise<string> {
  const { users } = await call<{ users: { id: string }[] }>("GET", "/api/v1/users");
  const userId = users[0]?.id ?? "";
  const steps = [{ waitMinutes: 0, notify: [{ kind: "team", who: "on-call" }] }];
  const policy = await call<{ id: string }>("POST", "/api/v1/on-call/policies", {
    name: unique("loud"),
    steps,
    repeats: 2,
  });
  const members = [{ userId, part: "lead" }];
  const team = { name: unique("parcels"), escalationPolicyId: policy.id, members, models: [model] };
  const { id: teamId } = await call<{ id: string }>("POST", "/api/v1/teams", team);
  const hours = [{ weekdays: [1, 2, 3, 4, 5], from: "08:00", to: "20:00" }];
  const layers = [
    { name: "Days", userIds: [userId], start: "2026-01-05T09:00", every: { unit: "week", count: 1 }, hours },
  ];
  const schedule = { name: unique("parcels"), timeZone: "Europe/Lisbon", teamId, layers };
  const { id } = await call<{ id: string }>("POST", "/api/v1/on-call/schedules", schedule);
  const span = { from: new Date(Date.now() - 60_000), to: new Date(Date.now() + 3_600_000) };
  await call("POST", `/api/v1/on-call/schedules/${id}/overrides`, { userId, ...span, reason: "Scene of a journey" });
  return id;
}

/** Creates a KPI and one event of it. */
async function newKpi(endpoint: string): Promise<string> {
  const { name } = await call<{ name: string }>("POST", "/api/v1/kpis", {
    name: unique("order"),
    definition: { unit: "€" },
  });
  const events = [{ unit: "customer-7", endpoint, value: 12 }];
  await call("POST", `/api/v1/kpis/${name}/events`, { events });
  return name;
}

/** Creates an incident that was declared and acted on. */
async function newIncident(endpoint: string): Promise<Pick<Fixture, "incident" | "runbookId">> {
  const { runbooks } = await call<{ runbooks: { id: string }[] }>("GET", "/api/v1/runbooks");
  const runbookId = runbooks[0]?.id ?? "";
  const input = { title: `${endpoint} rejects requests`, severity: "SEV2", endpoint, runbookId };
  const { number: incident } = await call<{ number: number }>("POST", "/api/v1/incidents", input);
  const path = `/api/v1/incidents/${incident}`;
  await call("POST", `${path}/timeline`, { title: "Support sees it too", kind: "customer", isProbableCause: true });
  await call("POST", `${path}/actions`, { title: "Roll out by steps", kind: "prevent", dueOn: "2020-01-02" });
  await call("POST", `${path}/post-mortem/draft`);
  return { incident, runbookId };
}

/** Creates a load test of a version and waits until it has finished. */
async function newLoadTest(endpoint: string, version: number): Promise<string> {
  const path = `/api/v1/endpoints/${endpoint}/load-tests`;
  const settings = { rates: [5, 10, 20], stepSeconds: 5 };
  const { id } = await call<{ id: string }>("POST", path, { version, settings, reason: "Scene of a journey" });
  const state = async () => (await call<{ state: string }>("GET", `${path}/${id}`)).state;
  await expect.poll(state).toBe("done");
  return id;
}

/** Waits until the log contains a successful prediction. */
async function newPrediction(endpoint: string): Promise<string> {
  const path = `/api/v1/endpoints/${endpoint}/predictions?status=200&tensors=small`;
  const read = async () => (await call<{ predictions: { id: string }[] }>("GET", path)).predictions[0]?.id;
  await expect.poll(read).toBeDefined();
  return (await read()) ?? "";
}

/** Creates a feature view whose only row is too old. */
async function newFeatureView(): Promise<string> {
  const name = unique("fuel");
  const features = [{ name: "price", type: "float64", rules: { min: 0 } }];
  await call("PUT", `/api/v1/feature-views/${name}`, { ttlUs: 1_000_000, features });
  const columns = { price: [1.5], event_timestamp: ["2026-03-01T12:00:00Z"] };
  await call("POST", "/api/v1/features/rows", { view: name, columns });
  return name;
}

/** Materialises a view from a dataset, one of whose rows breaks its contract. */
async function newMaterialisation(): Promise<string> {
  const [view, dataset] = [unique("fuel-daily"), unique("fuel")];
  await newDatasetVersion(dataset, "price,event_timestamp\n1.5,2026-03-01T12:00:00Z\n-1,2026-03-01T13:00:00Z\n");
  await call("PUT", `/api/v1/feature-sources/${dataset}`, {
    kind: "dataset",
    options: { dataset, maxRejectedShare: 1 },
  });
  const features = [{ name: "price", type: "float64", rules: { min: 0 } }];
  await call("PUT", `/api/v1/feature-views/${view}`, { source: dataset, features });
  const { id } = await call<{ id: string }>("POST", "/api/v1/materialisations", { view, restart: true });
  const state = async () => (await call<{ state: string }>("GET", `/api/v1/materialisations/${id}`)).state;
  await expect.poll(state).toBe("done");
  return id;
}

/** Creates a retraining policy and asks for a cycle, which ends by itself: the program of its job makes no model. */
async function newRetraining(
  model: string,
  endpoint: string,
  { template, frozenSet }: { template: string; frozenSet: string },
): Promise<void> {
  const dataset = unique("flights-fresh");
  await newDatasetVersion(dataset, "delayed\n0\n1\n");
  const plan = {
    data: { kind: "dataset", name: dataset },
    job: { template },
    compare: { frozenSet },
    release: { plan: { steps: [{ weight: 0.1 }], guardrails: [{ metric: "errors" }] } },
  };
  const rules = { triggers: [{ kind: "drift" }, { kind: "labels", atLeast: 5000 }] };
  await call("POST", "/api/v1/retraining-policies", { model, endpoint, rules, plan });
  await call("POST", `/api/v1/retraining-policies/${model}/cycles`, { reason: "New labels" });
}

/** Evaluates two versions on real flights, whole and corrupted. @returns the set, as addresses name it, and its id */
async function newEvaluation(model: string): Promise<{ evaluationSet: string; evaluationSetId: string }> {
  const dataset = { name: unique("flights-audit"), digest: "" };
  dataset.digest = await newDatasetVersion(dataset.name, (await trainingFile()).toString());
  const [task, segments] = [{ kind: "classification", label: "delayed" }, [{ column: "carrier" }]];
  const definition = { dataset, task, segments, groups: ["origin"] };
  const isAt = (path: string, wanted: string) =>
    expect.poll(async () => (await call<{ state: string }>("GET", path)).state).toBe(wanted);
  const name = unique("audit");
  const set = await call<{ id: string; digest: string }>("POST", "/api/v1/evaluation-sets", { name, definition });
  await isAt(`/api/v1/evaluation-sets/${set.id}`, "ready");
  for (const version of [1, 2]) {
    const request = { setId: set.id, name: model, version };
    const { id } = await call<{ id: string }>("POST", "/api/v1/evaluations", request);
    await isAt(`/api/v1/evaluations/${id}`, "done");
    const robustness = await call<{ id: string }>("POST", "/api/v1/robustness-runs", { ...request, rows: 30 });
    await isAt(`/api/v1/robustness-runs/${robustness.id}`, "done");
  }
  return { evaluationSet: `${name}@${set.digest.slice(0, 8)}`, evaluationSetId: set.id };
}

/** Uploads rows as a version of a dataset. @returns its digest */
export async function newDatasetVersion(dataset: string, csv: string): Promise<string> {
  const path = `/api/v1/datasets/${dataset}/uploads`;
  const { id } = await call<{ id: string }>("POST", `${path}?fileName=rows.csv`, Buffer.from(csv));
  const digest = async () => (await call<{ digest: string | null }>("GET", `${path}/${id}`)).digest;
  await expect.poll(digest).not.toBeNull();
  return (await digest()) ?? "";
}

/** Creates a service, and a training set with its features, one of whose keys the view does not have. */
async function newTrainingSet(): Promise<Pick<Fixture, "featureService" | "trainingSetId">> {
  const [view, entity, dataset] = [unique("driver-stats"), unique("driver"), unique("trips")];
  await call("PUT", `/api/v1/feature-entities/${entity}`, { joinKey: "driver_id", type: "int64" });
  const features = [{ name: "trips", type: "int64" }];
  await call("PUT", `/api/v1/feature-views/${view}`, { entities: [entity], features });
  const columns = { driver_id: [1], trips: [7], event_timestamp: ["2026-03-01T11:00:00Z"] };
  await call("POST", "/api/v1/features/rows", { view, columns });
  const featureService = unique("eta");
  await call("PUT", `/api/v1/feature-services/${featureService}`, { projections: [{ view, version: 1 }] });
  const rows = "driver_id,event_timestamp\n1,2026-03-01T12:00:00Z\n2,2026-03-01T12:00:00Z\n";
  const digest = await newDatasetVersion(dataset, rows);
  const input = { name: unique("trips-train"), rows: { dataset, digest }, service: featureService };
  const { id } = await call<{ id: string }>("POST", "/api/v1/training-sets", { ...input, cutoff: "event" });
  const state = async () => (await call<{ state: string }>("GET", `/api/v1/training-sets/${id}`)).state;
  await expect.poll(state).toBe("done");
  return { featureService, trainingSetId: id };
}

/** Creates a dataset whose second version breaks the contract suggested by the first one. */
async function newDataset(): Promise<string> {
  const path = `/api/v1/datasets/${unique("flights")}`;
  const rows = (most: number) => Array.from({ length: 30 }, (_, row) => `${row % 2 ? "train" : "test"},${row % most}`);
  for (const most of [5, 29]) {
    const file = Buffer.from(["split,delay", ...rows(most)].join("\n"));
    const { id } = await call<{ id: string }>("POST", `${path}/uploads?fileName=a.csv`, file);
    const upload = () => call<{ digest: string }>("GET", `${path}/uploads/${id}`);
    await expect.poll(async () => (await upload()).digest).not.toBeNull();
    if (most > 5) continue;
    const rules = await call("GET", `${path}/contract/proposal?digest=${(await upload()).digest}`);
    await call("PUT", `${path}/contract`, { rules, reason: "as measured" });
  }
  return path.split("/").at(-1) ?? "";
}

/** Gates, an alias and a request, so that their lists are not empty. */
async function requestPromotion(model: string): Promise<void> {
  const metric = { kind: "metric", metric: "val_accuracy", bound: 0.9, scale: "proportion" };
  const gates = [{ kind: "metadata" }, { kind: "signature" }, metric];
  const policy = { required: { items: ["owner", "licence"] }, gates };
  const reason = "Scene of a journey";
  await call("PUT", `/api/v1/models/${model}/policy`, { policy, reason });
  await call("PUT", `/api/v1/models/${model}/aliases/champion`, { version: 1 });
  await call("POST", `/api/v1/models/${model}/promotions`, { version: 2, alias: "champion", reason });
}

/** Creates a silenced alert in its group, and a separate rule. */
async function newAlert(
  endpoint: string,
): Promise<Pick<Fixture, "alertGroupId" | "fingerprint" | "silenceId" | "alertRuleId">> {
  const labels = { alertname: unique("Drift"), severity: "ticket", service: endpoint };
  const matchers = [`alertname="${labels.alertname}"`];
  const silence = { matchers, endsAt: new Date(Date.now() + 3_600_000), comment: "Scene of a journey" };
  const { id: silenceId } = await call<{ id: string }>("POST", "/api/v1/silences", silence);
  const weekly = { matchers, rule: "FREQ=WEEKLY;BYDAY=SU", startsAt: new Date(), durationMs: 3_600_000, comment: "x" };
  await call("POST", "/api/v1/silence-recurrences", weekly);
  await call("POST", "/api/v1/alerts", { alerts: [{ labels, annotations: { summary: "Inputs have moved." } }] });
  const query = new URLSearchParams({ matcher: matchers[0] ?? "" });
  const { alerts } = await call<{ alerts: { fingerprint: string; groups: { id: string }[] }[] }>(
    "GET",
    `/api/v1/alerts?${query}`,
  );
  const { endpoints } = await call<{ endpoints: { id: string; name: string }[] }>("GET", "/api/v1/endpoints");
  const spec = { kind: "threshold", metric: "p95-ms", op: ">", value: 200 };
  const endpointId = endpoints.find(({ name }) => name === endpoint)?.id;
  const rule = { name: unique("slow"), endpointId, spec, severity: "ticket" };
  const { id: alertRuleId } = await call<{ id: string }>("POST", "/api/v1/alert-rules", rule);
  return {
    alertGroupId: alerts[0]?.groups[0]?.id ?? "",
    fingerprint: alerts[0]?.fingerprint ?? "",
    silenceId,
    alertRuleId,
  };
}
