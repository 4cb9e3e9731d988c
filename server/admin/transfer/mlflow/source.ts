import { DomainError } from "#server/base/errors.ts";
import type { Source, SourceExperiment, SourceLoggedModel, SourceModel, SourceRun } from "../source.ts";
import type { MlflowClient } from "./client.ts";
import { readLoggedModel } from "./read-logged-model.ts";
import { readRun } from "./read-run.ts";
import { readVersions } from "./read-versions.ts";
import { Experiments, LoggedModels, RegisteredModels, Runs } from "./wire.ts";

const api = "/api/2.0/mlflow";

/** Reads from another MLflow server, or another Leeway, by MLflow's REST interface. Deleted items are not imported. */
export function mlflowSource(client: MlflowClient): Source {
  const experimentIds: string[] = [];

  async function* experiments(): AsyncGenerator<SourceExperiment> {
    const requestPage = (page_token: string) =>
      client.request("POST", `${api}/experiments/search`, {
        max_results: 500,
        view_type: "ACTIVE_ONLY",
        ...token(page_token),
      });
    for (let page = ""; ; ) {
      const { experiments, next_page_token } = Experiments.parse(await requestPage(page));
      for (const { experiment_id: id, name, tags } of experiments) {
        experimentIds.push(id);
        yield { id, name, tags };
      }
      page = next_page_token;
      if (!page) return;
    }
  }

  async function* runs(): AsyncGenerator<SourceRun> {
    for (const experimentId of experimentIds) {
      const query = {
        experiment_ids: [experimentId],
        max_results: 100,
        run_view_type: "ACTIVE_ONLY",
        order_by: ["attributes.start_time ASC"],
      };
      for (let page = ""; ; ) {
        const response = await client.request("POST", `${api}/runs/search`, { ...query, ...token(page) });
        const { runs, next_page_token } = Runs.parse(response);
        for (const run of runs) yield readRun(client, run);
        page = next_page_token;
        if (!page) break;
      }
    }
  }

  async function* loggedModels(): AsyncGenerator<SourceLoggedModel> {
    for (const experimentId of experimentIds) {
      for (let page = ""; ; ) {
        const query = { experiment_ids: [experimentId], max_results: 50, ...token(page) };
        const response = await client.request("POST", `${api}/logged-models/search`, query).catch(beforeMlflow3);
        const { models, next_page_token } = LoggedModels.parse(response);
        for (const model of models) yield readLoggedModel(client, model);
        page = next_page_token;
        if (!page) break;
      }
    }
  }

  async function* models(): AsyncGenerator<SourceModel> {
    for (let page = ""; ; ) {
      const response = await client.request("GET", `${api}/registered-models/search`, {
        max_results: 100,
        ...token(page),
      });
      const { registered_models, next_page_token } = RegisteredModels.parse(response);
      for (const model of registered_models) yield { ...model, versions: await readVersions(client, model.name) };
      page = next_page_token;
      if (!page) return;
    }
  }

  return { runsAtOnce: 4, experiments, runs, loggedModels, models, close: async () => undefined };
}

function token(page: string): { page_token?: string } {
  return page ? { page_token: page } : {};
}

/** Servers before MLflow 3 know no logged models. */
function beforeMlflow3(error: unknown): object {
  if (error instanceof DomainError && error.code === "not-found") return {};
  throw error;
}
