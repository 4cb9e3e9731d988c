import { createHash } from "node:crypto";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { Pipeline } from "#server/develop/registry/pipeline/definition.ts";
import { pipelineDigest } from "#server/develop/registry/pipeline/digest.ts";
import { setPipeline } from "#server/develop/registry/pipeline/set-pipeline.ts";
import { setVersionTag } from "#server/develop/registry/tags/set-version-tag.ts";
import { importVersion as register } from "#server/develop/registry/versions/import-version.ts";
import { getVersion } from "#server/develop/registry/versions/queries.ts";
import { updateModelVersion } from "#server/develop/registry/versions/update-model-version.ts";
import type { SourceVersion } from "../source.ts";
import type { Intake } from "./intake.ts";
import { createIdempotent, findEarlier, findItem, finishItem, localIdOf } from "./items.ts";
import { locateVersion } from "./map-source.ts";
import { Problems, refusal } from "./problems.ts";
import { storeUpload } from "./store-upload.ts";

interface Taken {
  /** Here. */
  number: number;
  fingerprint: string;
  problems: string[];
}

/** Registers a version of a model that is here, or passes over one that has not changed. @returns undefined when it was refused. */
export async function importVersion(
  intake: Intake,
  name: string,
  version: SourceVersion,
  sourceId: string,
): Promise<Taken | undefined> {
  intake.signal.throwIfAborted();
  const fingerprint = fingerprintOf(version);
  const own = await findItem(intake, "version", sourceId);
  const earlier = own ?? (await findEarlier(intake, "version", sourceId));
  const problems = new Problems();
  const known = earlier?.localId ? await numberHere(intake, earlier.localId) : undefined;
  const finish = (localId: string | null, outcome: { fingerprint: string; isUnchanged?: boolean }) =>
    finishItem(intake, "version", sourceId, { localId, ...outcome, problems: problems.list });
  if (own?.fingerprint && known === undefined) return undefined;
  if (known !== undefined && earlier?.fingerprint === fingerprint) {
    if (!own) await finish(`${name}/${known}`, { fingerprint, isUnchanged: true });
    return { number: known, fingerprint, problems: own?.problems ?? [] };
  }
  try {
    const number = known ?? (await make(intake, name, version, sourceId, problems));
    if (known !== undefined) await follow(intake, name, known, version, problems);
    if (number !== version.number) {
      problems.add(`Imported as version ${number} because ${version.number} was taken or below the latest number.`);
    }
    await finish(`${name}/${number}`, { fingerprint });
    return { number, fingerprint, problems: problems.list };
  } catch (error) {
    const message = refusal(error);
    if (message === undefined) throw error;
    problems.add(message);
    await finish(null, { fingerprint: "refused" });
    return undefined;
  }
}

function fingerprintOf({ upload, tags, ...version }: SourceVersion): string {
  const inOrder = tags.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  return createHash("sha256")
    .update(JSON.stringify([version, inOrder]))
    .digest("hex");
}

async function numberHere({ ctx }: Intake, localId: string): Promise<number | undefined> {
  const slash = localId.lastIndexOf("/");
  const key = { name: localId.slice(0, slash), version: Number(localId.slice(slash + 1)) };
  return getVersion(ctx, key).then(
    ({ version }) => version,
    (error: unknown) => {
      if (error instanceof DomainError && error.code === "not-found") return undefined;
      throw error;
    },
  );
}

async function make(
  intake: Intake,
  name: string,
  version: SourceVersion,
  sourceId: string,
  problems: Problems,
): Promise<number> {
  const tags = problems.withUsableKeys("A tag", version.tags);
  const runId = version.runId && ((await localIdOf(intake, "run", version.runId)) ?? "");
  const modelId = version.loggedModelId && (await localIdOf(intake, "logged-model", version.loggedModelId));
  const { number, userName, createdAt, stage, description, runLink, pipeline } = version;
  const registerFrom = async (ctx: Intake["ctx"], source: string) => {
    const input = {
      name,
      source,
      runId,
      runLink,
      description,
      tags,
      pipeline: pipeline ?? undefined,
      loggedModelId: modelId || undefined,
    };
    const made = await register(ctx, input, { number, userName, createdAt, stage });
    return `${name}/${made.version}`;
  };
  const { upload } = version;
  const source = upload ? "" : await sourceHere(intake, version, problems);
  const localId = upload
    ? await storeUpload(intake, upload, (ctx, kept) =>
        createIdempotent({ ...intake, ctx }, "version", sourceId, (ctx) => registerFrom(ctx, kept)),
      )
    : await createIdempotent(intake, "version", sourceId, (ctx) => registerFrom(ctx, source));
  return Number(localId.slice(localId.lastIndexOf("/") + 1));
}

/** Returns the local location of a version's files. */
async function sourceHere(intake: Intake, { source }: SourceVersion, problems: Problems): Promise<string> {
  const location = locateVersion(source);
  if (location.kind === "run") {
    const runId = await localIdOf(intake, "run", location.runId);
    if (runId) return `runs:/${runId}/${location.path}`;
  }
  if (location.kind === "logged-model") {
    const modelId = await localIdOf(intake, "logged-model", location.modelId);
    if (modelId) return `models:/${modelId}`;
  }
  if (location.kind === "elsewhere") problems.add(`Its files were not copied from ${source}.`);
  return source;
}

async function follow(
  { ctx }: Intake,
  name: string,
  number: number,
  version: SourceVersion,
  problems: Problems,
): Promise<void> {
  await updateModelVersion(ctx, { name, version: number, description: version.description });
  if (version.pipeline) await followPipeline(ctx, { name, version: number }, version.pipeline, problems);
  for (const tag of problems.withUsableKeys("A tag", version.tags)) {
    await problems.attempt(`The tag ${tag.key} was not imported`, () =>
      setVersionTag(ctx, { name, version: number, ...tag }),
    );
  }
}

/** Sets the pipeline of a version that is here, unless it has that one: an earlier import may have been of a file without it. */
async function followPipeline(
  ctx: Context,
  key: { name: string; version: number },
  pipeline: Pipeline,
  problems: Problems,
): Promise<void> {
  const { pipelineDigest: digest } = await getVersion(ctx, key);
  if (digest === pipelineDigest(pipeline)) return;
  await problems.attempt("The pipeline was not imported", async () => {
    await setPipeline(ctx, { ...key, pipeline });
  });
}
