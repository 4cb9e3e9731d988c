import { requireContext, runtime } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { rolloutHref } from "#components/release/rollouts/addresses.ts";
import { EndpointChoice } from "#components/release/rollouts/plan/endpoint-choice.tsx";
import { StartForm } from "#components/release/rollouts/plan/start-form.tsx";
import { EndpointStateBadge } from "#components/respond/endpoint-states/endpoint-state-badge.tsx";
import { incidentHref } from "#components/respond/incidents/addresses.ts";
import { endpointHref } from "#components/serve/endpoints/addresses.ts";
import { Page } from "#components/shell/page.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Keys } from "#components/ui/key-hint.tsx";
import { Link } from "#components/ui/link.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { rolloutPlans } from "#server/platform/teams/constants.ts";
import { deployAction } from "../../../(serve)/endpoints/actions.ts";
import { compareRolloutPlansAction, planRolloutAction, startRolloutAction } from "../actions.ts";
import { readStartPage } from "./read-page.ts";

export const metadata = { title: "New rollout, Rollouts" };

const rolloutsCrumb = { label: "Rollouts", href: "/rollouts" };

export default async function NewRolloutPage({ searchParams }: PageProps<"/rollouts/new">) {
  const query = await searchParams;
  const text = (value: string | string[] | undefined) => (typeof value === "string" ? value : undefined);
  const version = Number(text(query.version) || Number.NaN);
  const ctx = await requireContext();
  const data = await readStartPage(ctx, {
    endpoint: text(query.endpoint),
    model: text(query.model),
    version: Number.isInteger(version) ? version : undefined,
  });
  if (!data) {
    return (
      <Page crumbs={[rolloutsCrumb, { label: "New" }]}>
        <PageHead help="roll-out#start-a-rollout" title="Start a rollout" />
        <Panel title="Endpoint">
          <EmptyState
            title={
              text(query.model) ? `No endpoint serves ${text(query.model)} yet` : "No endpoint serves a version yet"
            }
            action={
              <ButtonLink href="/endpoints" variant="default">
                View endpoints
              </ButtonLink>
            }
          >
            A rollout compares a new version with the one in production. Deploy a first version to an endpoint.
          </EmptyState>
        </Panel>
      </Page>
    );
  }
  const { endpoint, names, state, active, incident, budget, choices, deployable, chosen, teamPlan } = data;
  const { id, name, current } = endpoint;
  const why = endpoint.archivedAt
    ? "The endpoint is archived."
    : endpoint.unloadedAt
      ? "The endpoint is unloaded. Load it first."
      : denialReason(ctx.actor.role, "startRollout");
  const byModel = ({ modelName, version: number }: { modelName: string; version: number }) =>
    deployable.find((each) => each.modelName === modelName && each.version === number);
  return (
    <Page crumbs={[rolloutsCrumb, { label: name, href: endpointHref(name) }, { label: "New" }]}>
      <PageHead
        help="roll-out#start-a-rollout"
        title="Start a rollout"
        badges={<EndpointChoice endpoint={name} names={names.includes(name) ? names : [name, ...names]} />}
        context={
          current && (
            <>
              v{current.version} is serving {state && <EndpointStateBadge state={state} />}
              {state?.reason && <span className="lw-small">{state.reason}</span>}
            </>
          )
        }
        actions={
          <span className="lw-small lw-quiet">
            <Keys keys={["Esc"]} /> <Link href={active ? rolloutHref(active.id) : "/rollouts"}>back</Link>
          </span>
        }
      />
      {current ? (
        <StartForm
          key={id}
          endpoint={{ id, name }}
          stable={{ model: current.modelName, version: current.version }}
          choices={choices}
          initial={{ versionId: chosen?.versionId, plan: rolloutPlans.find((key) => key === query.plan) }}
          teamPlan={teamPlan}
          budget={{ allow: budget.allow, reason: budget.reason, slos: budget.slos }}
          incident={incident && { number: incident.number, title: incident.title, href: incidentHref(incident.number) }}
          deployment={{
            target: { id, name, current: byModel(current), engine: current.engine },
            versions: deployable,
            deploy: deployAction,
            providers: runtime().config.executionProviders,
            why: denialReason(ctx.actor.role, "deployVersion"),
          }}
          actorName={ctx.actor.name}
          compare={compareRolloutPlansAction}
          estimate={planRolloutAction}
          start={startRolloutAction}
          why={
            active ? (
              <>
                <Link href={rolloutHref(active.id)}>A rollout to v{active.canary.version}</Link> is in progress; one at
                a time.
              </>
            ) : (
              why
            )
          }
          whyNotAnyway={denialReason(ctx.actor.role, "unblockVersion")}
        />
      ) : (
        <Panel title="Version">
          <EmptyState
            title="Nothing deployed yet"
            action={
              <ButtonLink href={endpointHref(name)} variant="default">
                View {name}
              </ButtonLink>
            }
          >
            A rollout compares a new version with the one in production. Deploy the first version from the endpoint
            page.
          </EmptyState>
        </Panel>
      )}
    </Page>
  );
}
