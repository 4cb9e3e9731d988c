import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { memberships } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { createEngine } from "#server/improve/training/engines/create-engine.ts";
import { createTokenFor } from "#server/platform/identity/tokens/create-token.ts";
import { seededRandom } from "#server/stats/random.ts";
import { openGatewayFixture } from "./gateway-fixture.ts";
import { openRoles } from "./labelling-drill/roles.ts";
import { atLeast, atMost, type Row } from "./report.ts";
import { type Drill, type Drilled, drillScript } from "./training-resume/drill-script.ts";
import { type Framework, frameworks, interval, openPython } from "./training-resume/frameworks.ts";

/**
 * Scripts of torch, Lightning, Hugging Face, Keras and scikit-learn, which know nothing of Leeway but the contract of the wrapper, run as jobs
 * of this machine and are killed by SIGKILL: the program, its wrapper, both, and everything as with the machine. The watcher resumes them each
 * time. Then compares what they printed and what they had learned with the log and with a run of the same seed that nobody killed.
 * `--only torch,keras`, `--seed 20`; `--break` removes the checkpoints before each resume, so that the drill fails. The first run installs the
 * frameworks, 1.5 GB or more. What the watcher would wait for (delays between attempts, 90 s of silence) is shortened.
 */
export async function run(): Promise<Row[]> {
  const { values } = parseArgs({
    allowPositionals: true,
    options: {
      only: { type: "string", default: frameworks.map(({ name }) => name).join(",") },
      seed: { type: "string", default: "20" },
      break: { type: "boolean", default: false },
    },
  });
  const names = new Set(values.only.split(","));
  const chosen = frameworks.filter(({ name }) => names.has(name));
  const python = await openPython();
  const fixture = await openGatewayFixture();
  await using opened = new AsyncDisposableStack();
  opened.defer(() => fixture.close());
  const { ctx, folder } = fixture;
  const environment = { ...fixture.environment, LOCAL_TRAINING: "true" };
  const roles = await openRoles({ ...fixture, environment });
  opened.defer(() => roles.stop());
  const settings = { kind: "local" as const, maxJobs: 32, cores: 32 };
  await createEngine(ctx, { name: "local", settings }, { allowsLocal: true });
  const drill: Omit<Drill, "random" | "witness"> = {
    ctx,
    url: roles.url,
    token: await tokenIn(ctx),
    python,
    launches: join(folder, "role-worker", "training"),
    breaks: values.break,
  };
  const seed = Number(values.seed);
  const results = await Promise.all(
    chosen.map(async (framework, at): Promise<[Framework, Drilled]> => {
      const witness = join(folder, `witness-${framework.name}`);
      await mkdir(witness);
      const random = seededRandom(seed * 100 + at);
      return [framework, await drillScript({ ...drill, random, witness }, framework)];
    }),
  );
  for (const [{ name }, { kills }] of results) {
    console.log(name);
    console.table(kills.map(({ skipped, ...kill }) => ({ ...kill, skipped: skipped.join(" ") })));
  }
  return results.flatMap(([framework, drilled]) => rowsOf(framework, drilled));
}

async function tokenIn(ctx: Context): Promise<string> {
  const [admin] = await ctx.db.select().from(memberships).limit(1);
  if (!admin) throw new Error("There is no workspace.");
  const { secret } = await createTokenFor(ctx, admin.userId, { name: "drill", scopes: ["training"] });
  return secret;
}

const shownError = ({ stepsLost, shownLost }: Drilled["kills"][number]) =>
  shownLost === null ? Number.POSITIVE_INFINITY : Math.abs(stepsLost - shownLost);

function rowsOf({ name, isExact }: Framework, { kills, isEqual, torn, openCheckpoints }: Drilled): Row[] {
  const reported = kills.filter(({ kind }) => kind !== "machine");
  const machines = kills.filter(({ kind }) => kind === "machine");
  const worst = (of: typeof kills) => Math.max(0, ...of.map(({ stepsLost }) => stepsLost));
  const row = (what: string, leeway: number, unit: string) => ({ name: `${name}-${what}`, unit, leeway });
  const shown = (what: string, leeway: number, unit: string): Row => ({
    ...row(what, leeway, unit),
    peer: undefined,
    goal: "shown",
    ok: true,
  });
  return [
    atLeast(3, row("kills", kills.length, "kills")),
    atMost(interval, row("steps-lost-at-most", worst(reported), "steps")),
    shown(
      "steps-lost-mean",
      kills.reduce((sum, { stepsLost }) => sum + stepsLost, 0) / Math.max(1, kills.length),
      "steps",
    ),
    atMost(5, row("shown-loss-off-by", Math.max(0, ...kills.map(shownError)), "steps")),
    // What was saved in the last seconds had not left the machine.
    ...machines.map(({ stepsLost, lateSteps }) =>
      atMost(interval + lateSteps, row("steps-lost-with-machine", stepsLost, "steps")),
    ),
    isExact
      ? atLeast(1, row("weights-equal", Number(isEqual), "of 1"))
      : shown("weights-equal", Number(isEqual), "of 1"),
    atMost(
      0,
      row(
        "log-bytes-lost",
        reported.reduce((sum, { logBytesLost }) => sum + logBytesLost, 0),
        "bytes",
      ),
    ),
    shown(
      "log-bytes-lost-with-machine",
      machines.reduce((sum, { logBytesLost }) => sum + logBytesLost, 0),
      "bytes",
    ),
    atMost(0, row("checkpoints-torn", torn, "checkpoints")),
    shown(
      "saves-cut-off-and-skipped",
      kills.reduce((sum, { skipped }) => sum + skipped.length, 0),
      "saves",
    ),
    shown("checkpoints", openCheckpoints, "checkpoints"),
  ];
}
