import { expect, test } from "vitest";
import { DomainError } from "#server/base/errors.ts";
import { findModel } from "#server/develop/registry/lookups.ts";
import { createRegisteredModel } from "#server/develop/registry/models/create-registered-model.ts";
import { findTeamPlan } from "#server/release/rollouts/start-choices/find-team-plan.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { as, inWorkspace } from "#server/testing/testing.ts";
import { archivePolicy } from "../../respond/oncall/escalation/archive-policy.ts";
import { createPolicy } from "../../respond/oncall/escalation/create-policy.ts";
import { asPerson, newPerson, newSchedule } from "../../testing/fixtures/oncall/testing.ts";
import { archiveTeam } from "./archive-team.ts";
import { createTeam } from "./create-team.ts";
import { getContactMethods } from "./people/queries.ts";
import { setContactMethods } from "./people/set-contact-methods.ts";
import { getTeam, listTeams } from "./queries.ts";
import { teamOf } from "./team-of.ts";
import { updateTeam } from "./update-team.ts";

const refused = (work: Promise<unknown>) =>
  work.then(
    () => "done",
    (error: unknown) => {
      if (error instanceof DomainError) return `${error.code} ${error.field ?? ""}`;
      throw error;
    },
  );

test(
  "assigns members, models and endpoints to a team, and moves them to the last team that names them",
  inWorkspace(async (ctx) => {
    const ines = await newPerson(ctx, "Ines");
    await createRegisteredModel(ctx, { name: "churn" });
    const endpoint = await createEndpoint(ctx, { name: "churn" });
    const input = { members: [{ userId: ines, part: "lead" as const }], models: ["churn"], endpoints: ["churn"] };
    const parcels = await createTeam(ctx, { name: "Parcels", ...input });
    expect(parcels).toMatchObject({ members: [{ name: "Ines", part: "lead" }], models: ["churn"], policy: null });
    const { id: modelId } = await findModel(ctx, "churn");
    expect(await teamOf(ctx, { modelId })).toMatchObject({ name: "Parcels" });
    expect(await teamOf(ctx, { endpointId: endpoint.id })).toMatchObject({ name: "Parcels" });
    const fraud = await createTeam(ctx, { name: "Fraud", endpoints: ["churn"] });
    expect(await teamOf(ctx, { endpointId: endpoint.id })).toMatchObject({ name: "Fraud" });
    expect(await getTeam(as(ctx, "viewer"), parcels.id)).toMatchObject({ models: ["churn"], endpoints: [] });
    await updateTeam(ctx, { teamId: fraud.id, endpoints: [], description: "cards" });
    expect(await teamOf(ctx, { endpointId: endpoint.id })).toBeNull();
    await archiveTeam(ctx, { teamId: parcels.id, reason: "merged" });
    expect(await teamOf(ctx, { modelId })).toBeNull();
    expect((await listTeams(ctx)).map(({ name, description }) => [name, description])).toEqual([["Fraud", "cards"]]);
  }),
);

test(
  "rejects an existing name and unknown references by field, and falls back to the default policy",
  inWorkspace(async (ctx) => {
    const steps = [{ waitMinutes: 0, notify: [{ kind: "team" as const, who: "all" as const }] }];
    const policy = await createPolicy(ctx, { name: "Loud", steps });
    const team = await createTeam(ctx, { name: "Parcels", escalationPolicyId: policy.id });
    expect(team.policy?.name).toBe("Loud");
    expect(await refused(createTeam(ctx, { name: "Parcels" }))).toBe("conflict name");
    expect(await refused(createTeam(ctx, { name: "x", models: ["gone"] }))).toBe("not-found models");
    expect(await refused(createTeam(ctx, { name: "x", endpoints: ["gone"] }))).toBe("not-found endpoints");
    const nobody = "00000000-0000-4000-8000-000000000000";
    expect(await refused(createTeam(ctx, { name: "x", members: [{ userId: nobody }] }))).toBe("not-found members");
    expect(await refused(createTeam(ctx, { name: "x", escalationPolicyId: nobody }))).toBe(
      "not-found escalationPolicyId",
    );
    expect(await refused(createPolicy(ctx, { name: "Default", steps }))).toBe("conflict name");
    const backwards = [
      { ...steps[0], waitMinutes: 5 },
      { ...steps[0], waitMinutes: 5 },
    ] as typeof steps;
    await expect(createPolicy(ctx, { name: "x", steps: backwards })).rejects.toThrow("later than the previous one");
    await archivePolicy(ctx, { policyId: policy.id as string });
    expect((await getTeam(ctx, team.id)).policy).toBeNull();
    const schedule = await newSchedule(ctx, { teamId: team.id, userIds: [await newPerson(ctx, "Ines")] });
    expect((await getTeam(ctx, team.id)).schedules).toEqual([{ id: schedule.id, name: "Primary" }]);
  }),
);

test(
  "allows users to set only their own contact methods and time zone",
  inWorkspace(async (ctx) => {
    const ines = asPerson(ctx, await newPerson(ctx, "Ines", "viewer"), "Ines", "viewer");
    expect(await getContactMethods(ines)).toEqual({ methods: [], timeZone: "UTC" });
    const methods = [{ kind: "email" as const, address: "night@people.test" }];
    await setContactMethods(ines, { methods, timeZone: "Europe/Lisbon" });
    expect(await getContactMethods(ines)).toEqual({ methods, timeZone: "Europe/Lisbon" });
    expect(await getContactMethods(ctx)).toEqual({ methods: [], timeZone: "UTC" });
    const channelId = "00000000-0000-4000-8000-000000000000";
    expect(await refused(setContactMethods(ines, { methods: [{ kind: "channel", channelId }], timeZone: "UTC" }))).toBe(
      "not-found methods",
    );
  }),
);

test(
  "keeps the plan with which rollouts on what the team owns start",
  inWorkspace(async (ctx) => {
    const { id: endpointId } = await createEndpoint(ctx, { name: "churn" });
    const { id: teamId } = await createTeam(ctx, { name: "Fraud", endpoints: ["churn"] });
    expect(await findTeamPlan(ctx, endpointId)).toBeNull();
    expect(await updateTeam(ctx, { teamId, rolloutPlan: "careful" })).toMatchObject({ rolloutPlan: "careful" });
    expect(await findTeamPlan(as(ctx, "viewer"), endpointId)).toBe("careful");
  }),
);
