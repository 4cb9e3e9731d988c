import type { ReactNode } from "react";
import { Link } from "#components/ui/link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { Team } from "#server/platform/teams/contract.ts";

/** Renders a team: its members, its responsibilities, and who is on call. */
export function TeamPanel({ team, actions }: { team: Team; actions?: ReactNode }) {
  const leads = team.members.filter(({ part }) => part === "lead");
  const { models, endpoints, schedules, policy } = team;
  return (
    <Panel title={team.name} subtitle={team.description} right={actions} id={team.id}>
      <dl className="lw-facts">
        <dt>People</dt>
        <dd>
          {team.members.length === 0 ? (
            <StatusBadge state="watch">No one</StatusBadge>
          ) : (
            team.members
              .map(
                ({ name, part, isDisabled }) =>
                  `${name}${part === "lead" ? " (lead)" : ""}${isDisabled ? ", disabled account" : ""}`,
              )
              .join(", ")
          )}
          {team.members.length > 0 && leads.length === 0 && (
            <StatusBadge state="watch">No team lead to escalate to</StatusBadge>
          )}
        </dd>
        <dt>Owns</dt>
        <dd>
          {models.length + endpoints.length === 0 && <span className="lw-quiet">nothing yet</span>}
          {models.map((name) => (
            <Name key={`m-${name}`} href={`/models/${encodeURIComponent(name)}`}>
              {name}
            </Name>
          ))}
          {endpoints.map((name) => (
            <Name key={`e-${name}`} href={`/endpoints/${encodeURIComponent(name)}`}>
              {name} (endpoint)
            </Name>
          ))}
        </dd>
        <dt>Schedules</dt>
        <dd>
          {schedules.length === 0 && (
            <Link href={`/on-call/schedules/new?team=${team.id}`}>
              No schedule: pages for this team reach no one. Create one
            </Link>
          )}
          {schedules.map(({ id, name }) => (
            <Name key={id} href={`/on-call/schedules/${id}`}>
              {name}
            </Name>
          ))}
        </dd>
        <dt>Escalation</dt>
        <dd>
          <Link href="/on-call/policies">{policy?.name ?? "Default"}</Link>
        </dd>
      </dl>
    </Panel>
  );
}

function Name({ href, children }: { href: string; children: ReactNode }) {
  return (
    <span style={{ marginRight: 10 }}>
      <Link href={href}>{children}</Link>
    </span>
  );
}
