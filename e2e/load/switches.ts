import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { findEndpoint } from "#server/serve/endpoints/lookups.ts";
import { updateEndpoint } from "#server/serve/endpoints/update-endpoint.ts";
import { openRole, type Role } from "./chaos/rollout/roles.ts";
import { type GatewayFixture, openGatewayFixture } from "./gateway-fixture.ts";
import { quantile } from "./raw-clients.ts";
import { atLeast, atMost, type Row } from "./report.ts";
import { type Version, versionFile } from "./switches/offset-model.ts";
import { type ProvingLoad, startProvingLoad } from "./switches/proving-clients.ts";
import { ResponseCounts } from "./switches/response-counts.ts";
import { requestKinds } from "./switches/sent-requests.ts";
import { type Stage, stageEnds, stages } from "./switches/stages.ts";
import { type Differences, differences, readStoredCounts, untilStored } from "./switches/stored-counts.ts";

const endpoint = "switching";
const captureShare = 0.05;
/** Limit for one switch: loading, warm-up, and the first response. */
const switchLimitMs = 60_000;
/** A run on a slow machine ends by itself, with fewer switches than its goal. */
const maxMinutes = 60;

interface Drill {
  fixture: GatewayFixture;
  role: Role;
  deploy(version: Version): Promise<void>;
  enter(stage: Stage): Promise<void>;
  load(counts: ResponseCounts, clientsPerKind: number, paceMs: number): Promise<ProvingLoad>;
}

/**
 * Switches an endpoint between two versions 1,000 times (`--switches N`), each time once the version before has been adopted, under
 * continuous load of PNG and JPEG pictures and of tensors in JSON and binary; then kills the gateway 3 times (`--kills N`) while it settles
 * requests and switches. The numbers of each response prove its version, and Postgres must count each response once.
 */
export async function run(): Promise<Row[]> {
  const { values } = parseArgs({
    args: process.argv.slice(3),
    options: { switches: { type: "string", default: "1000" }, kills: { type: "string", default: "3" } },
  });
  const [switches, kills] = [Number(values.switches), Number(values.kills)];
  if (!(switches >= 1 && kills >= 0)) throw new Error("--switches must be at least 1, and --kills at least 0.");
  const fixture = await openGatewayFixture();
  let role: Role | undefined;
  try {
    await fixture.deploy({ ...versionFile(endpoint, 1), captureShare });
    await fixture.register(versionFile(endpoint, 2), 2);
    const { id: endpointId } = await findEndpoint(fixture.ctx, endpoint);
    role = await openRole(fixture, "gateway A", (url) => isOk(`${url}/v2/models/${endpoint}/ready`, fixture.headers));
    await role.start();
    const { url, isUp } = role;
    const drill: Drill = {
      fixture,
      role,
      deploy: async (version) => void (await deployVersion(fixture.ctx, { endpointId, model: endpoint, version })),
      enter: ({ isolation, previousVersionsLoaded }) =>
        updateEndpoint(fixture.ctx, { endpointId, execution: { isolation }, previousVersionsLoaded }),
      load: (counts, clientsPerKind, paceMs) => {
        const address = `${url}/v2/models/${endpoint}/infer`;
        return startProvingLoad({ url: address, headers: fixture.headers, counts, clientsPerKind, paceMs, isUp });
      },
    };
    const switched = await switchUnderLoad(drill, switches);
    const rows = [
      atLeast(switches, { name: "switches-adopted", unit: "switches", leeway: switched.adopted }),
      ...rowsOf("switches", switched.counts, switched.found),
      atMost(0, { name: "switches: failed requests", unit: "requests", leeway: switched.counts.failed }),
    ];
    return kills > 0 ? [...rows, ...(await killWhileSettling(drill, kills, switched.serving))] : rows;
  } finally {
    await role?.stop();
    await fixture.close();
  }
}

async function switchUnderLoad(drill: Drill, switches: number) {
  const counts = new ResponseCounts(captureShare);
  const before = await storedIn(drill);
  const load = await drill.load(counts, 2, 20);
  const startedAt = performance.now();
  const isInTime = () => performance.now() - startedAt < maxMinutes * 60_000;
  let adopted = 0;
  let serving: Version = 1;
  try {
    for (const { stage, end } of stageEnds(switches)) {
      await drill.enter(stage);
      await load.untilServedBy(serving, switchLimitMs);
      const timesMs: number[] = [];
      while (adopted < end && isInTime()) {
        const next = otherThan(serving);
        const deployedAt = performance.now();
        await drill.deploy(next);
        await load.untilServedBy(next, switchLimitMs);
        timesMs.push(performance.now() - deployedAt);
        serving = next;
        adopted += 1;
        if (adopted % 50 === 0) printProgress(adopted, counts);
      }
      const [p50, p99] = [0.5, 0.99].map((share) => Math.round(quantile(timesMs, share)));
      console.log(`${stage.name}: ${timesMs.length} switches, until adopted p50 ${p50} ms, p99 ${p99} ms`);
    }
  } finally {
    await load.stop();
  }
  const stored = await untilStored(counts, before, () => storedIn(drill));
  printCounts("switches", counts);
  return { adopted, serving, counts, found: differences(counts, stored, before) };
}

function otherThan(version: Version): Version {
  return version === 1 ? 2 : 1;
}

function printProgress(adopted: number, { requests, failed, wrongVersions, wrongNumbers }: ResponseCounts): void {
  const at = new Date().toISOString().slice(11, 19);
  console.log(`${at} ${adopted} switches, ${requests} requests, ${failed + wrongVersions + wrongNumbers} problems`);
}

/**
 * Kills the gateway with requests in flight: while the next version loads, once it has begun to serve and the version before is unloaded,
 * and in between.
 */
async function killWhileSettling(drill: Drill, kills: number, first: Version): Promise<Row[]> {
  const { role } = drill;
  const counts = new ResponseCounts(captureShare, true);
  const before = await storedIn(drill);
  const load = await drill.load(counts, 4, 0);
  let [serving, killed, inFlight] = [first, 0, 0];
  try {
    await drill.enter(stages[0] as Stage);
    await load.untilServedBy(serving, switchLimitMs);
    for (let kill = 0; kill < kills; kill += 1) {
      serving = otherThan(serving);
      await drill.deploy(serving);
      if (kill % 3 === 1) await load.untilServedBy(serving, switchLimitMs);
      if (kill % 3 === 2) await pause(300);
      while (load.inFlight() === 0) await pause(1);
      inFlight += load.inFlight();
      await role.kill(500);
      killed += 1;
      await untilUp(role);
      await load.untilServedBy(serving, switchLimitMs);
      await pause(2_000);
    }
  } finally {
    await load.stop();
  }
  const stored = await untilStored(counts, before, () => storedIn(drill));
  printCounts("kills", counts);
  const { unanswered, failed } = counts;
  console.log(`${killed} kills with ${inFlight} requests in flight, ${unanswered} of them without a response`);
  return [
    atLeast(kills, { name: "kills", unit: "kills", leeway: killed }),
    atLeast(kills, { name: "kills: requests without a response", unit: "requests", leeway: unanswered }),
    ...rowsOf("kills", counts, differences(counts, stored, before)),
    atMost(inFlight, { name: "kills: failed requests", unit: "requests", leeway: failed }),
  ];
}

function rowsOf(phase: string, counts: ResponseCounts, found: Differences): Row[] {
  const none = (name: string, leeway: number) => atMost(0, { name: `${phase}: ${name}`, unit: "requests", leeway });
  const least = Math.min(...requestKinds.map((kind) => counts.byKind.get(kind) ?? 0));
  return [
    atLeast(1, { name: `${phase}: requests of each kind`, unit: "requests", leeway: least }),
    none("responses of another version than named", counts.wrongVersions),
    none("responses with wrong numbers", counts.wrongNumbers),
    none("counts lost", found.lost),
    none("counts doubled", found.doubled),
    none("logged predictions lost", found.predictionsLost),
    none("logged predictions doubled", found.predictionsDoubled),
  ];
}

function printCounts(phase: string, counts: ResponseCounts): void {
  const { requests, failed, byKind, byVersion, sampled, latenciesMs, examples } = counts;
  const [p50, p99] = [0.5, 0.99].map((share) => quantile(latenciesMs, share).toFixed(1));
  const of = (map: Map<string, number>) => [...map].map(([name, count]) => `${name} ${count}`).join(", ");
  console.log(`${phase}: ${requests} requests (${of(byKind)}), ${failed} failed, p50 ${p50} ms, p99 ${p99} ms`);
  console.log(`${phase}: responses by version ${of(byVersion)}; ${sampled.size} sampled`);
  for (const example of examples) console.log(example);
}

function storedIn({ fixture }: Drill) {
  return readStoredCounts(fixture.environment.DATABASE_URL, endpoint);
}

async function untilUp(role: Role): Promise<void> {
  for (const startedAt = performance.now(); !role.isUp(); await pause(20)) {
    if (performance.now() - startedAt > 300_000) throw new Error("The gateway did not start again.");
  }
}

function isOk(url: string, headers: Record<string, string>): Promise<boolean> {
  return fetch(url, { headers }).then(
    ({ ok }) => ok,
    () => false,
  );
}
