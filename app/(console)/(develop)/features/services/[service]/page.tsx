import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { found } from "#app/_lib/found.ts";
import { newTrainingSetPath } from "#components/develop/addresses/training-set-href.ts";
import { DeleteService } from "#components/develop/features/services/delete-service.tsx";
import { ServiceDialog } from "#components/develop/features/services/service-dialog.tsx";
import { ServiceFeaturesTable } from "#components/develop/features/services/service-features-table.tsx";
import { describePins } from "#components/develop/features/services/service-text.ts";
import { ServiceUsers } from "#components/develop/features/services/service-users.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { plural } from "#components/ui/format.ts";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { FeatureService } from "#server/develop/features/contract.ts";
import { getFeatureDefinitions } from "#server/develop/features/definitions/definitions.ts";
import { getFeatureService } from "#server/develop/features/definitions/queries.ts";
import { listServiceUsers } from "#server/develop/features/definitions/service-users-queries.ts";
import { deleteServiceAction, saveServiceAction } from "../actions.ts";
import { viewChoices } from "../view-choices.ts";

type Props = PageProps<"/features/services/[service]">;

export async function generateMetadata({ params }: Props) {
  return { title: `${decodeURIComponent((await params).service)}, Feature services` };
}

export default async function FeatureServicePage({ params }: Props) {
  const name = decodeURIComponent((await params).service);
  const ctx = await requireContext();
  const service = await found(getFeatureService(ctx, name));
  const definitions = await getFeatureDefinitions(ctx);
  const users = (await listServiceUsers(ctx)).filter((user) => user.service === name);
  return (
    <Page
      crumbs={[
        { label: "Features", href: "/features" },
        { label: "Services", href: "/features/services" },
        { label: name },
      ]}
      live
    >
      <LiveRefresh topics={["features"]} />
      <PageHead
        help="feature-store#feature-services"
        title={name}
        context={[service.description, service.owner && `owned by ${service.owner}`].filter(Boolean).join("; ")}
        sentence={sentence(service, users.length)}
        actions={
          <>
            <DeleteService
              name={name}
              users={[...new Set(users.map((user) => user.name))]}
              remove={deleteServiceAction}
              actorName={ctx.actor.name}
              why={denialReason(ctx.actor.role, "deleteFeatureService")}
            />
            <ServiceDialog
              service={service}
              views={viewChoices(definitions)}
              save={saveServiceAction}
              why={denialReason(ctx.actor.role, "defineFeatureService")}
            />
            <ButtonLink href={`${newTrainingSetPath}?service=${encodeURIComponent(name)}`}>
              Create training set…
            </ButtonLink>
          </>
        }
      />
      <Panel title="Features" subtitle="pinned versions never change; the others follow their view" flush>
        {service.projections.length === 0 ? (
          <EmptyState title="No features yet">Edit the service to add features of a view.</EmptyState>
        ) : (
          <ServiceFeaturesTable projections={service.projections} views={[...definitions.views.values()]} />
        )}
      </Panel>
      <ServiceUsers users={users} />
    </Page>
  );
}

function sentence({ projections }: FeatureService, users: number): string {
  const views = `${plural(projections.length, "view")}${projections.length > 0 ? `: ${describePins(projections)}` : ""}.`;
  return `${views} ${users === 0 ? "Not used yet." : `${plural(users, "use")} recorded.`}`;
}
