"use client";

import type { ActionState } from "#components/ui/action-state.ts";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { noValue } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type {
  ChangeRole,
  DisableMembership,
  EnableMembership,
  RemoveMembership,
  Role,
  User,
} from "#server/platform/identity/contract.ts";
import { LastChange, type LastChangeProps } from "./last-change.tsx";
import { PersonMenu } from "./person-menu.tsx";

export interface PeopleActions {
  changeRole: (input: ChangeRole) => Promise<ActionState<User>>;
  disable: (input: DisableMembership) => Promise<ActionState<User>>;
  enable: (input: EnableMembership) => Promise<ActionState<User>>;
  remove: (input: RemoveMembership) => Promise<ActionState<void>>;
}

export interface Person extends User {
  lastChange: LastChangeProps | undefined;
}

interface PeopleTableProps {
  people: Person[];
  viewer: { id: string; name: string; role: Role };
  actions: PeopleActions;
  foot: React.ReactNode;
}

/** Lists the members of the workspace; admins also get the available actions. */
export function PeopleTable({ people, viewer, actions, foot }: PeopleTableProps) {
  const columns: Column<Person>[] = [
    { key: "name", head: "Name", cell: (user) => nameCell(user, viewer.id) },
    { key: "email", head: "Email", cell: (user) => <span className="lw-muted">{user.email}</span> },
    { key: "role", head: "Role", cell: (user) => user.role },
    { key: "since", head: "Member since", cell: (user) => <RelativeTime at={user.createdAt} /> },
    {
      key: "use",
      head: "Last use here",
      cell: (user) => (user.lastUsedAt ? <RelativeTime at={user.lastUsedAt} /> : noValue),
    },
    { key: "state", head: "State", cell: stateCell },
    { key: "change", head: "Last change", cell: (user) => <LastChange change={user.lastChange} /> },
  ];
  if (viewer.role === "admin") {
    const cell = (user: Person) => <PersonMenu user={user} viewer={viewer} actions={actions} />;
    columns.push({ key: "actions", head: <span className="lw-hidden">Actions</span>, align: "right", width: 44, cell });
  }
  return <DataTable label="People" rows={people} columns={columns} rowKey={(user) => user.id} foot={foot} />;
}

function nameCell(user: User, viewerId: string) {
  return (
    <>
      {user.name} {user.id === viewerId && <span className="lw-quiet">you</span>}
    </>
  );
}

function stateCell(user: User) {
  return user.disabledAt ? (
    <StatusBadge state="paused">Disabled</StatusBadge>
  ) : (
    <StatusBadge state="on-target">Active</StatusBadge>
  );
}
