import type { Context } from "#server/base/context.ts";
import type { PermissionName } from "../../platform/permissions/permissions.ts";
import type { Fixture } from "./fixture.ts";

/** Calls one command or query with input that is right, about the things of a scene. */
export type Call = (ctx: Context, fixture: Fixture) => unknown;

/** Some of the permissions, by name; a name that does not exist does not compile. */
export type Calls = Partial<Record<PermissionName, Call>>;
