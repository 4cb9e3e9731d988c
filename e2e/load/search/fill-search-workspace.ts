import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";

export interface SearchedSize {
  runs: number;
  endpoints: number;
  models: number;
  experiments: number;
}

const subjects = "card,parcel,invoice,churn,delivery,search,photo,address,basket,refund,claim,meter,ticket,route,stock";
const tasks = "fraud,damage,delay,ranking,demand,quality,intent,price,risk,defect,language,anomaly,eta,segment,return";
const adjectives =
  "bold,calm,clumsy,dapper,eager,famous,gentle,honest,intrepid,jolly,kindly,lively,merciful,nosy,omniscient,puzzled";
const animals =
  "ant,bat,crab,dove,eel,finch,gull,hare,ibis,jay,koi,lark,mole,newt,owl,perch,quail,rook,seal,toad,unicorn,vole,wren,yak";

/**
 * Fills a workspace as a company leaves it after years: runs with the names that MLflow generates, experiments, models with five versions
 * each, and endpoints that serve the first ones. The names repeat words, so that each word matches many of each kind.
 */
export async function fillSearchWorkspace({ db, actor }: Context, size: SearchedSize): Promise<void> {
  const { workspaceId } = actor;
  const now = Date.now();
  const pick = (words: string, of: string) => {
    const list = words.split(",");
    return sql`(string_to_array(${words}, ','))[1 + (${sql.raw(of)})::integer % ${sql.raw(String(list.length))}]`;
  };
  const name = sql`${pick(subjects, "n")} || '-' || ${pick(tasks, "n / 15")} || '-' || n`;
  const all = (count: number) => sql`generate_series(1, ${count}::integer) as n`;
  await db.execute(sql`
    insert into experiments (workspace_id, id, name, artifact_location, created_at, updated_at)
    select ${workspaceId}, 1000 + n, ${name}, '', ${now}::bigint - n, ${now}::bigint - n * 60000::bigint from ${all(size.experiments)}`);
  await db.execute(sql`
    insert into runs (id, workspace_id, experiment_id, name, user_name, status, started_at, ended_at, artifact_uri, updated_at, needs_packing)
    select md5(n::text), ${workspaceId}, 1001 + n % ${size.experiments}::integer,
      ${pick(adjectives, "n * 7")} || '-' || ${pick(animals, "n / 16")} || '-' || n % 1000,
      ${pick("ada,grace,alan,edsger,barbara,donald", "n")}, 'FINISHED', ${now}::bigint - n * 40000::bigint,
      ${now}::bigint - n * 40000::bigint + 60000, 'mlflow-artifacts:/' || md5(n::text), ${now}::bigint - n * 40000::bigint, false
    from ${all(size.runs)}`);
  await db.execute(sql`
    insert into registered_models (workspace_id, name, description, owner_name, created_at, updated_at)
    select ${workspaceId}, ${name}, 'Predicts ' || ${pick(tasks, "n / 15")} || ' of each ' || ${pick(subjects, "n")} || '.',
      ${pick("ada,grace,alan", "n")}, ${now}::bigint, ${now}::bigint - n * 60000::bigint from ${all(size.models)}`);
  await db.execute(sql`
    insert into model_versions (workspace_id, model_id, version, source, storage_location, sha256, created_at, updated_at)
    select ${workspaceId}, model.id, n, '', '', md5(model.id || '-' || n) || md5(n || '-' || model.id), model.updated_at, model.updated_at
    from registered_models model, ${all(5)} where model.workspace_id = ${workspaceId}`);
  await db.execute(sql`
    insert into endpoints (workspace_id, name, created_by)
    select ${workspaceId}, model.name, 'ada' from registered_models model where model.workspace_id = ${workspaceId}
    order by model.updated_at desc limit ${size.endpoints}`);
  await db.execute(sql`
    insert into deployments (workspace_id, endpoint_id, version_id, providers, deployed_by)
    select ${workspaceId}, endpoint.id, version.id, '{cpu}', 'ada' from endpoints endpoint
    join registered_models model on model.workspace_id = ${workspaceId} and model.name = endpoint.name
    join model_versions version on version.model_id = model.id
    where endpoint.workspace_id = ${workspaceId} order by version.version`);
  for (const table of ["experiments", "runs", "registered_models", "model_versions", "endpoints", "deployments"]) {
    await db.execute(sql`vacuum (analyze) ${sql.identifier(table)}`);
  }
}
