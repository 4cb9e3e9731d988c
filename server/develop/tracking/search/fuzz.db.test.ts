import { expect, test } from "vitest";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { createRegisteredModel } from "#server/develop/registry/models/create-registered-model.ts";
import { searchModelVersions, searchRegisteredModels } from "#server/develop/registry/search/queries.ts";
import { modelSearch, versionSearch } from "#server/develop/registry/search/vocabulary.ts";
import { createModelVersion } from "#server/develop/registry/versions/create-model-version.ts";
import { type Random, seededRandom } from "#server/stats/random.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { type Material, makeFilter, mutate, pick } from "../../../testing/fixtures/tracking/search/testing.ts";
import { newRun } from "../../../testing/fixtures/tracking/testing.ts";
import { sampleSpan } from "../../../testing/fixtures/tracking/traces/testing.ts";
import { searchExperiments } from "../experiments/queries.ts";
import { experimentVocabulary } from "../experiments/vocabulary.ts";
import { createLoggedModel } from "../models/create-logged-model.ts";
import { searchLoggedModels } from "../models/search.ts";
import { loggedModelVocabulary } from "../models/vocabulary.ts";
import { searchRuns } from "../runs/queries.ts";
import { runVocabulary } from "../runs/vocabulary.ts";
import { createAssessment } from "../traces/create-assessment.ts";
import { searchTraces } from "../traces/search.ts";
import { storeSpans } from "../traces/store-spans.ts";
import { traceVocabulary } from "../traces/vocabulary.ts";
import type { Vocabulary } from "./filter.ts";

const material: Material = {
  keys: ["loss", "größe/日本", "mlflow.runName", "", "it's", "a`b", "x".repeat(300)],
  texts: ["", "a", "it's", '"', "%", "\\", "null", "FINISHED", "2", "💥", "a".repeat(200)],
  numbers: ["0", "-1", "1.5", "1e400", "-1e400", "1e-400", "9007199254740993", ".5", "99999999999999999999999"],
  patterns: ["%", "_", "a%", "\\", "[", "(a+)+$", "^.*$", "*", "a{1,2}", "(?=a)", "\\d", "a{999999}"],
};

interface Search {
  vocabulary: Vocabulary;
  run(ctx: Context, experimentId: number, filter: string, orderBy: string[]): Promise<unknown>;
}

const searches: Record<string, Search> = {
  runs: {
    vocabulary: runVocabulary,
    run: (ctx, id, filter, orderBy) => searchRuns(ctx, { experimentIds: [id], filter, orderBy, limit: 5 }),
  },
  experiments: {
    vocabulary: experimentVocabulary,
    run: (ctx, _, filter, orderBy) => searchExperiments(ctx, { filter, orderBy, limit: 5 }),
  },
  "logged models": {
    vocabulary: loggedModelVocabulary,
    run: (ctx, id, filter, orderBy) => {
      const order = orderBy.map((field) => ({ field, isAscending: true }));
      return searchLoggedModels(ctx, { experimentIds: [id], filter, orderBy: order, limit: 5 });
    },
  },
  traces: {
    vocabulary: traceVocabulary,
    run: (ctx, id, filter, orderBy) => searchTraces(ctx, { experimentIds: [id], filter, orderBy, limit: 5 }),
  },
  "registered models": {
    vocabulary: modelSearch.filter,
    run: (ctx, _, filter, orderBy) => searchRegisteredModels(ctx, { filter, orderBy, limit: 5 }),
  },
  "model versions": {
    vocabulary: versionSearch.filter,
    run: (ctx, _, filter, orderBy) => searchModelVersions(ctx, { filter, orderBy, limit: 5 }),
  },
};

function makeOrder(random: Random, { entities, attributes }: Vocabulary): string[] {
  const name = () => {
    const prefix = pick(random, Object.values(entities).flat());
    return `${prefix}.\`${pick(random, [...Object.keys(attributes), ...material.keys])}\``;
  };
  const element = () => `${name()} ${pick(random, ["", "ASC", "desc", "NULLS LAST"])}`;
  return Array.from({ length: Math.floor(random() * 3) }, () =>
    random() < 0.5 ? element() : mutate(random, element()),
  );
}

/** Words of Postgres, of the driver, of our files; the caller's own text is taken out first. */
const inside = /syntax error|select |insert |constraint|relation |operator does not|\.ts\b|failed query/i;

test.each(Object.keys(searches))("returns results for any %s filter and order, or explains the error", (name) =>
  inWorkspace(async (ctx) => {
    const { vocabulary, run } = searches[name] as Search;
    const { experimentId } = await newRun(ctx);
    await createLoggedModel(ctx, { experimentId, name: "a", params: [], tags: [] });
    await storeSpans(ctx, experimentId, [sampleSpan()]);
    await createAssessment(ctx, { traceId: "tr-1", kind: "feedback", name: "loss", value: 1e300 });
    await createRegisteredModel(ctx, { name: "a" });
    await createModelVersion(ctx, { name: "a", source: "s3://x" });
    const random = seededRandom(20_261_125);
    const counts = { answered: 0, refused: 0 };
    for (let round = 0; round < 800; round++) {
      const made = makeFilter(random, vocabulary, material);
      const filter = round % 2 === 0 ? made : mutate(random, made);
      const orderBy = makeOrder(random, vocabulary);
      // Each runs in a savepoint because a failing statement would end the transaction of the test.
      const search = ctx.db.transaction((db) => run({ ...ctx, db: db as never }, experimentId, filter, orderBy));
      const error = await search.then(
        () => undefined,
        (reason: unknown) => reason,
      );
      counts[error ? "refused" : "answered"]++;
      if (error === undefined) continue;
      const received = JSON.stringify({ filter, orderBy });
      const domain = error instanceof DomainError ? error : nulIn(error);
      expect(domain?.code, `${received}: ${String(error)}`).toBe("invalid");
      const words = [filter, ...orderBy].reduce(
        (text, own) => text.replaceAll(own.trim() || "\0", ""),
        domain?.message ?? "",
      );
      expect(words.replaceAll(/(Found|value|string:|clause) .*/gs, ""), received).not.toMatch(inside);
    }
    expect(counts.answered).toBeGreaterThan(100);
    expect(counts.refused).toBeGreaterThan(100);
  })(),
);

/** Returns the error for NUL in a text, which the transports reject for all calls alike (server/http/errors.ts). */
function nulIn(error: unknown): DomainError | undefined {
  const code = (error as { cause?: { code?: string } }).cause?.code;
  return code === "22021" ? new DomainError("invalid", "NUL") : undefined;
}
