import { requireContext, runtime } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { EditDescription } from "#components/develop/registry/edit-description.tsx";
import { EditOwner } from "#components/develop/registry/models/edit-owner.tsx";
import { ModelFacts } from "#components/develop/registry/models/model-facts.tsx";
import { RegisterVersion } from "#components/develop/registry/models/register-version.tsx";
import { RollOutButton } from "#components/release/rollouts/roll-out-button.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import type { Context } from "#server/base/context.ts";
import { Instant } from "#server/base/instant.ts";
import { listUsers } from "#server/platform/identity/users/queries.ts";
import { registerAction } from "../actions.ts";
import { describeModelAction, setOwnerAction } from "../edit-actions.ts";
import { maxUploadBytes } from "../upload-limit.ts";
import { AliasesView } from "./aliases-view.tsx";
import { PolicyView } from "./policy-view.tsx";
import { type ModelPageData, readModelPage } from "./read-page.ts";
import { RequestsView } from "./requests-view.tsx";
import { VersionsView } from "./versions-view.tsx";

export async function generateMetadata({ params }: PageProps<"/models/[model]">) {
  return { title: `${decodeURIComponent((await params).model)}, Models` };
}

export default async function ModelPage({ params, searchParams }: PageProps<"/models/[model]">) {
  const name = decodeURIComponent((await params).model);
  const query = await searchParams;
  const before = Number(query.before) || undefined;
  const ctx = await requireContext();
  const data = await readModelPage(ctx, name);
  const { model } = data;
  const mayEdit = denialReason(ctx.actor.role, "updateRegisteredModel") === undefined;
  return (
    <Page crumbs={[{ label: "Models", href: "/models" }, { label: name }]} live>
      <LiveRefresh topics={["model"]} id={model.id} />
      <LiveRefresh topics={["endpoint"]} />
      <PageHead
        help="connect-python#models"
        title={name}
        context={
          <>
            {model.description || "no description"}
            {mayEdit && (
              <EditDescription
                subject={name}
                description={model.description}
                save={describeModelAction.bind(null, name)}
              />
            )}
          </>
        }
        actions={
          <>
            {model.endpoints.length > 0 && model.versionCount > 1 && <RollOutButton model={name} />}
            <RegisterVersion
              modelName={name}
              maxBytes={maxUploadBytes}
              apiUrl={`${runtime().config.publicUrl}/api/v1`}
              register={registerAction}
              why={denialReason(ctx.actor.role, "registerUpload")}
              primary
            />
          </>
        }
      />
      <ModelFacts model={model} editOwner={mayEdit && <Owner ctx={ctx} data={data} />} />
      <Tabs label="Model sections" items={tabs(data, String(query.view ?? "versions"))} />
      {query.view === "requests" ? (
        <RequestsView ctx={ctx} name={name} />
      ) : query.view === "policy" ? (
        <PolicyView ctx={ctx} data={data} />
      ) : query.view === "aliases" ? (
        <AliasesView ctx={ctx} name={name} question={questionOf(query)} before={before} />
      ) : (
        <VersionsView ctx={ctx} data={data} before={before} />
      )}
    </Page>
  );
}

function tabs({ model, open }: ModelPageData, view: string) {
  const href = `/models/${encodeURIComponent(model.name)}`;
  const others = ["requests", "policy", "aliases"];
  return [
    { label: "Versions", href, count: model.versionCount, current: !others.includes(view) },
    {
      label: "Requests",
      href: `${href}?view=requests`,
      current: view === "requests",
      ...(open.length > 0 && { count: open.length }),
    },
    { label: "Policy", href: `${href}?view=policy`, current: view === "policy" },
    { label: "Alias history", href: `${href}?view=aliases`, current: view === "aliases" },
  ];
}

async function Owner({ ctx, data }: { ctx: Context; data: ModelPageData }) {
  const { users } = await listUsers(ctx, { limit: 500 });
  const people = users
    .filter(({ disabledAt }) => disabledAt === null)
    .map(({ id, name, email }) => ({ id, name, email }));
  return <EditOwner modelName={data.model.name} ownerId={data.ownerId} people={people} save={setOwnerAction} />;
}

/** Returns the alias and time of the question "What was champion at that time?" if the address contains one. */
function questionOf({ alias, at }: Record<string, string | string[] | undefined>) {
  if (typeof alias !== "string" || typeof at !== "string") return undefined;
  const moment = Instant.safeParse(at);
  return moment.success ? { alias, at: moment.data } : undefined;
}
