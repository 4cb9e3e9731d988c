import type { FastifyInstance } from "fastify";
import { DomainError } from "#server/base/errors.ts";
import { asDomainError, statusOf } from "#server/http/errors.ts";
import { readJsonBodies } from "#server/http/json-bodies.ts";
import { logBug, type WebDependencies } from "#server/http/server.ts";
import { accounts } from "./accounts.ts";
import { alertRouting } from "./alert-routing.ts";
import { alertRules } from "./alert-rules.ts";
import { alertmanagerWebhook } from "./alertmanager-webhook.ts";
import { alerts } from "./alerts.ts";
import { analyses } from "./analyses.ts";
import { artifacts } from "./artifacts.ts";
import { audit } from "./audit.ts";
import { bundles } from "./bundles.ts";
import { changes } from "./changes.ts";
import { channelCallbacks } from "./channel-callbacks.ts";
import { comparisons } from "./comparisons.ts";
import { costPrices } from "./cost-prices.ts";
import { costs } from "./costs.ts";
import { datasets } from "./datasets.ts";
import { debug } from "./debug.ts";
import { endpointBudget } from "./endpoint-budget.ts";
import { endpointCache } from "./endpoint-cache.ts";
import { endpointCascade } from "./endpoint-cascade.ts";
import { endpointDrift } from "./endpoint-drift.ts";
import { endpointIntegrity } from "./endpoint-integrity.ts";
import { endpointMonitor } from "./endpoint-monitor.ts";
import { endpointPredictions } from "./endpoint-predictions.ts";
import { endpointProtection } from "./endpoint-protection.ts";
import { endpointQuality } from "./endpoint-quality.ts";
import { endpointTasks } from "./endpoint-tasks.ts";
import { endpoints } from "./endpoints.ts";
import { evaluations } from "./evaluations.ts";
import { events } from "./events.ts";
import { exports } from "./exports.ts";
import { featureConnections } from "./feature-connections.ts";
import { featureWatch } from "./feature-watch.ts";
import { features } from "./features.ts";
import { findings } from "./findings.ts";
import { gameDays } from "./game-days.ts";
import { identity } from "./identity.ts";
import { imports } from "./imports.ts";
import { incidentTimeline } from "./incident-timeline.ts";
import { incidents } from "./incidents.ts";
import { invitations } from "./invitations.ts";
import { kpis } from "./kpis.ts";
import { labelFlows } from "./label-flows.ts";
import { labelPeople } from "./label-people.ts";
import { labelProjects } from "./label-projects.ts";
import { labelQueue } from "./label-queue.ts";
import { labelReviews } from "./label-reviews.ts";
import { labelTasks } from "./label-tasks.ts";
import { lineage } from "./lineage.ts";
import { loadTests } from "./load-tests.ts";
import { materialisations } from "./materialisations.ts";
import { models } from "./models.ts";
import { monitoringFindings } from "./monitoring-findings.ts";
import { onCall } from "./on-call.ts";
import { onCallRules } from "./on-call-rules.ts";
import { openApiDocument } from "./openapi.ts";
import { playground } from "./playground.ts";
import { postMortems } from "./post-mortems.ts";
import { receivers } from "./receivers.ts";
import { recurringWork } from "./recurring-work.ts";
import { references } from "./references.ts";
import { reports } from "./reports.ts";
import { retraining } from "./retraining.ts";
import { reviews } from "./reviews.ts";
import { rolloutReports } from "./rollout-reports.ts";
import { rollouts } from "./rollouts.ts";
import { runChanges } from "./run-changes.ts";
import { runCreation } from "./run-creation.ts";
import { runPages } from "./run-pages.ts";
import { runTables } from "./run-tables.ts";
import { runbooks } from "./runbooks.ts";
import { search } from "./search.ts";
import { serviceAccounts } from "./service-accounts.ts";
import { sessions } from "./sessions.ts";
import { silences } from "./silences.ts";
import { sliCounts } from "./sli-counts.ts";
import { sloBudgets } from "./slo-budgets.ts";
import { sloFiles } from "./slo-files.ts";
import { slos } from "./slos.ts";
import { tracking } from "./tracking.ts";
import { trainingAttempts } from "./training-attempts.ts";
import { trainingCache } from "./training-cache.ts";
import { trainingJobs } from "./training-jobs.ts";
import { trainingLaunches } from "./training-launches.ts";
import { trainingLogs } from "./training-logs.ts";
import { trainingReruns } from "./training-reruns.ts";
import { trainingSets } from "./training-sets.ts";
import { trainingSweeps } from "./training-sweeps.ts";
import { trash } from "./trash.ts";
import { triage } from "./triage.ts";
import { watchdog } from "./watchdog.ts";
import { webhooks } from "./webhooks.ts";
import { workspaces } from "./workspaces.ts";

/** Modules of this folder that add routes, in the order of the OpenAPI document. */
const parts: ((app: FastifyInstance, deps: WebDependencies) => void)[] = [
  identity,
  sessions,
  serviceAccounts,
  invitations,
  accounts,
  workspaces,
  recurringWork,
  audit,
  tracking,
  runCreation,
  findings,
  runTables,
  runChanges,
  comparisons,
  runPages,
  models,
  bundles,
  evaluations,
  datasets,
  features,
  featureWatch,
  trainingSets,
  materialisations,
  featureConnections,
  artifacts,
  trash,
  endpoints,
  endpointPredictions,
  endpointProtection,
  endpointCache,
  endpointCascade,
  endpointBudget,
  endpointMonitor,
  endpointQuality,
  endpointDrift,
  analyses,
  endpointTasks,
  loadTests,
  labelProjects,
  labelTasks,
  labelQueue,
  labelReviews,
  labelPeople,
  labelFlows,
  trainingJobs,
  trainingLaunches,
  trainingAttempts,
  trainingLogs,
  trainingCache,
  trainingReruns,
  trainingSweeps,
  retraining,
  gameDays,
  rollouts,
  rolloutReports,
  references,
  reports,
  kpis,
  reviews,
  alerts,
  silences,
  alertRouting,
  changes,
  incidents,
  incidentTimeline,
  postMortems,
  runbooks,
  sliCounts,
  slos,
  monitoringFindings,
  endpointIntegrity,
  sloBudgets,
  onCall,
  onCallRules,
  triage,
  debug,
  sloFiles,
  costs,
  costPrices,
  playground,
  events,
  search,
  lineage,
  alertRules,
  alertmanagerWebhook,
  webhooks,
  receivers,
  watchdog,
  channelCallbacks,
  imports,
  exports,
];

/** Registers Leeway's own REST API, under the prefix /api/v1. Errors are `{ error: { code, message } }`. */
export async function v1Plugin(app: FastifyInstance, deps: WebDependencies): Promise<void> {
  app.decorate("operations", []);
  app.decorateRequest("caller", null);
  readJsonBodies(app);
  app.addContentTypeParser("application/octet-stream", (_request, payload, done) => done(null, payload));
  app.addHook("onRequest", async (request) => {
    if (!request.routeOptions.config.isPublic) request.caller = await deps.authenticate(request);
  });
  app.setErrorHandler((error, request, reply) => {
    const known = asDomainError(error);
    if (!known) {
      logBug(error, request);
      return reply.code(500).send({ error: { code: "internal", message: "Internal error; see the server log." } });
    }
    if (known.code === "unauthenticated") reply.header("www-authenticate", "Bearer");
    if (known.retryAfterSeconds !== undefined) reply.header("retry-after", Math.ceil(known.retryAfterSeconds));
    return reply
      .code(statusOf[known.code])
      .send({ error: { code: known.code, message: known.message, column: known.column } });
  });
  for (const part of parts) part(app, deps);
  let document: object | undefined;
  // A route rather than a not-found handler, which the catch-all of the pages would shadow.
  app.all("/*", async () => {
    throw new DomainError("not-found", "Not found. See /api/v1/openapi.json for all operations.");
  });
  app.get("/openapi.json", { config: { isPublic: true } }, async () => {
    // Building it takes longer than all registrations, and few ask for it.
    document ??= openApiDocument(app.operations, deps.config.publicUrl);
    return document;
  });
}

declare module "fastify" {
  interface FastifyContextConfig {
    /** Answers without asking who calls. */
    isPublic?: boolean;
  }
}
