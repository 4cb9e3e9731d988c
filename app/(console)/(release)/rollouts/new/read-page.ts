import { notFound } from "next/navigation";
import { found, foundOrNot } from "#app/_lib/found.ts";
import { describeGate, describeMeasure, measuresOf } from "#components/develop/registry/gates/describe-gate.ts";
import type { VersionChoice } from "#components/release/endpoints/deploy-text.ts";
import type { Context } from "#server/base/context.ts";
import type { Checklist } from "#server/develop/registry/gates/contract.ts";
import { listModels } from "#server/develop/registry/models/queries.ts";
import type { VersionDetails } from "#server/develop/registry/versions/contract.ts";
import { getVersionDetails, listVersionDetails } from "#server/develop/registry/versions/lineage-queries.ts";
import { listVersionBlocks } from "#server/release/endpoints/blocks/queries.ts";
import { listChecklists } from "#server/release/gates/queries.ts";
import { listRollouts } from "#server/release/rollouts/queries.ts";
import type { StartChoice } from "#server/release/rollouts/start-choices/contract.ts";
import { defaultChoice, defaultEndpoint, obstaclesOf } from "#server/release/rollouts/start-choices/decide-choices.ts";
import { findMisfits } from "#server/release/rollouts/start-choices/find-misfits.ts";
import { findTeamPlan } from "#server/release/rollouts/start-choices/find-team-plan.ts";
import { withStates } from "#server/respond/endpoint-states/with-states.ts";
import { listIncidents } from "#server/respond/incidents/queries.ts";
import { getEndpoint, listEndpoints } from "#server/serve/endpoints/endpoint-queries.ts";
import { checkBudgetGate } from "#server/watch/slo/budget-gate/check-budget-gate.ts";
import { toChoices } from "../../../(serve)/endpoints/version-choices.ts";

const maxEndpoints = 500;
const maxModels = 500;
const maxVersions = 20;
/** Columns with measured values. */
const maxMeasures = 2;

interface Address {
  endpoint: string | undefined;
  model: string | undefined;
  version: number | undefined;
}

/** Reads what the page that starts a rollout shows. Without an endpoint in the address it chooses one; undefined if none serves. */
export async function readStartPage(ctx: Context, address: Address) {
  const { endpoints } = await listEndpoints(ctx, { limit: maxEndpoints });
  const states = await withStates(ctx, endpoints);
  const { rollouts: active } = await listRollouts(ctx, { active: true, limit: 200 });
  const summary = address.endpoint
    ? (states.find(({ name }) => name === address.endpoint) ?? (await named(ctx, address.endpoint)))
    : defaultEndpoint(states, {
        model: address.model,
        newest: address.model ? new Map() : await newestVersions(ctx),
        busy: new Set(active.map(({ endpointId }) => endpointId)),
      });
  const names = states.map(({ name }) => name);
  if (!summary) return undefined;
  const { id, name, current } = summary;
  const endpoint = await found(getEndpoint(ctx, { name }));
  const blocks = await listVersionBlocks(ctx, { endpointId: id });
  const { incidents } = await listIncidents(ctx, { endpointId: id, isOpen: true, limit: 1 });
  const budget = await checkBudgetGate(ctx, { endpointId: id, change: { kind: "rollout" } });
  const versions = current ? await versionsFor(ctx, current, address) : [];
  const checklists = await checklistsOf(ctx, versions);
  const deployable = await toChoices(ctx, versions);
  const stableId = endpoint.current?.versionId;
  const ids = versions.map((version) => version.id);
  const misfits = stableId === undefined ? new Map<string, string>() : await findMisfits(ctx, stableId, ids);
  const failing = states
    .filter(({ state }) => state.kind === "failing")
    .map(({ name, state }) => ({ name, reason: state.reason }));
  const measures = measuresOf(checklists.filter(({ name }) => name === current?.modelName).map(({ list }) => list));
  const choices = versions.map((version): StartChoice => {
    const { modelName, version: number, lineage } = version;
    const lines = checklists.find((each) => each.name === modelName && each.list.version === number)?.list.gates ?? [];
    const gates = lines.map((line) => ({ title: line.title, status: line.standing, words: describeGate(line) }));
    const isServing = current?.modelName === modelName && current.version === number;
    const before = endpoint.history.find(({ versionId }) => versionId === version.id);
    const block = blocks.find(({ versionId }) => versionId === version.id);
    return {
      versionId: version.id,
      model: modelName,
      version: number,
      aliases: version.aliases,
      run: lineage.run && { id: lineage.run.id, name: lineage.run.name, experimentId: lineage.run.experimentId },
      registeredAt: version.createdAt,
      description: version.description ?? "",
      measures: measures.slice(0, maxMeasures).map(({ gate, title }) => ({
        title,
        value: describeMeasure(lines.find((line) => line.gate === gate)),
      })),
      gates,
      status: isServing ? "serving" : before ? "before" : "new",
      deployedAt: before?.deployedAt.getTime() ?? null,
      problem: problemOf(deployable, version) ?? misfits.get(version.id),
      // What fails here is the version that serves here.
      obstacles: obstaclesOf(
        isServing ? [] : lineage.endpoints.map((each) => each.name).filter((each) => each !== name),
        { failing, block, gates: isServing ? [] : gates },
      ),
    };
  });
  const wanted =
    address.version === undefined
      ? undefined
      : { model: address.model ?? current?.modelName ?? "", version: address.version };
  return {
    endpoint,
    names,
    state: "state" in summary ? summary.state : undefined,
    active: active.find(({ endpointId }) => endpointId === id),
    incident: incidents[0],
    budget,
    choices,
    deployable,
    teamPlan: await findTeamPlan(ctx, id),
    chosen: defaultChoice(choices, wanted),
  };
}

/** Reads an endpoint that the list of live endpoints lacks, such as an archived one. */
async function named(ctx: Context, name: string) {
  const endpoint = await foundOrNot(getEndpoint(ctx, { name }));
  if (!endpoint) notFound();
  return endpoint;
}

async function newestVersions(ctx: Context): Promise<Map<string, number>> {
  const models = await listModels(ctx, { limit: maxModels });
  return new Map(models.flatMap(({ name, latestVersion }) => (latestVersion ? [[name, latestVersion.version]] : [])));
}

/** Lists the newest versions of the model that serves, and the one of the address, which may be of another model or an older one. */
async function versionsFor(
  ctx: Context,
  current: { modelName: string },
  { model = current.modelName, version }: Address,
): Promise<VersionDetails[]> {
  const newest = await listVersionDetails(ctx, { name: current.modelName, limit: maxVersions });
  if (version === undefined || newest.some((each) => each.modelName === model && each.version === version))
    return newest;
  const wanted = await foundOrNot(getVersionDetails(ctx, { name: model, version }));
  return wanted ? [...newest, wanted] : newest;
}

async function checklistsOf(ctx: Context, versions: readonly VersionDetails[]) {
  const found: { name: string; list: Checklist }[] = [];
  for (const [name, own] of Map.groupBy(versions, ({ modelName }) => modelName)) {
    const lists = await listChecklists(ctx, { name, versions: own.map(({ version }) => version) });
    found.push(...lists.map((list) => ({ name, list })));
  }
  return found;
}

function problemOf(deployable: readonly VersionChoice[], { modelName, version }: VersionDetails): string | undefined {
  return deployable.find((each) => each.modelName === modelName && each.version === version)?.problem;
}
