import { z } from "zod";
import { limits } from "#server/base/limits.ts";
import { noControlCharacters, withoutControlCharacters } from "#server/base/text/control-characters.ts";
import { TimeZone } from "#server/base/time-zone.ts";
import { scopes } from "../permissions/permissions/permission.ts";

export const roles = ["viewer", "member", "operator", "admin"] as const;
const RoleName = z.enum(roles);
export type Role = z.infer<typeof RoleName>;

/** Descriptions of each role's permissions, as shown in the console. */
export const roleMeanings: Record<Role, string> = {
  viewer: "View everything",
  member: "Log runs and register models",
  operator: "Deploy and manage endpoints",
  admin: "Manage people, tokens and settings",
};

/** Descriptions of the permissions that each scope grants a token. */
export const scopeMeanings: Record<(typeof scopes)[number], string> = {
  read: "Read everything",
  "tracking:read": "Read experiments, runs and datasets",
  tracking: "Log runs, metrics and artifacts; MLflow’s client also needs to read them",
  "registry:read": "Read models and versions",
  registry: "Register models and versions",
  "alerts:read": "Read SLOs, alerts, schedules and incidents",
  alerts: "Change SLOs, alerts, schedules and incidents",
  "monitoring:read": "Read drift, data quality and quality",
  monitoring: "Manage references, monitors and expected drift",
  "reports:read": "Read costs, KPIs and reports",
  reports: "Set prices and budgets, post KPI events, complete reviews",
  "serving:read": "Read endpoints and predictions",
  serving: "Deploy and manage endpoints",
  infer: "Request predictions",
  "settings:read": "Read the audit log and storage usage",
  settings: "Manage people and tokens",
};

export const Scope = z.enum(scopes);
export type Scope = z.infer<typeof Scope>;

const Email = z.string().max(limits.nameLength).trim().toLowerCase().pipe(z.email("Enter an email address.").max(254));
const Name = z.string().trim().min(1, "Enter a name.").max(100, "At most 100 characters.").check(noControlCharacters);
const NewPassword = z.string().min(8, "At least 8 characters.").max(256, "At most 256 characters.");
const UserId = z.object({ userId: z.uuid() });
const limit = z.coerce.number().int().min(1).max(500).default(100);

export const SignIn = z.object({
  email: z.string().trim().toLowerCase().min(1).max(254),
  password: z.string().min(1).max(1024),
  /** Network address of the user who signs in. */
  address: z.string().max(100),
});
export type SignIn = z.input<typeof SignIn>;

/** Claims of an OpenID Connect provider about the user who signs in. */
export const OidcIdentity = z.object({
  issuer: z.url(),
  subject: z.string().min(1).max(255),
  email: Email.optional(),
  emailVerified: z.boolean(),
  /** As the provider has it, apart from control characters. */
  name: z
    .string()
    .transform((name) => withoutControlCharacters(name) || undefined)
    .pipe(Name.optional())
    .optional(),
});
export type OidcIdentity = z.infer<typeof OidcIdentity>;

export const CreateUser = z.object({ email: Email, name: Name, role: RoleName });
export type CreateUser = z.input<typeof CreateUser>;

export const ChangeRole = UserId.extend({ role: RoleName });
export type ChangeRole = z.input<typeof ChangeRole>;

export const DisableUser = UserId.extend({ reason: z.string().trim().max(2000).optional() });
export type DisableUser = z.input<typeof DisableUser>;

export const EnableUser = UserId;
export type EnableUser = z.input<typeof EnableUser>;

export const ResetPassword = UserId;
export type ResetPassword = z.input<typeof ResetPassword>;

export const ChangePassword = z.object({
  currentPassword: z.string().min(1, "Enter your current password.").max(1024),
  newPassword: NewPassword,
});
export type ChangePassword = z.input<typeof ChangePassword>;

export const CreateToken = z.object({
  name: Name,
  scopes: z.array(Scope).max(limits.listLength).min(1, "Select at least one scope."),
  /** Names of the endpoints that it may use, for inference and everything else about endpoints; without it, all. */
  endpoints: z.array(z.string().min(1).max(128)).min(1, "Select at least one endpoint.").max(100).optional(),
  /** Time until the token expires; never when omitted. */
  expiresInDays: z.coerce.number().int().min(1).max(3650).optional(),
});
export type CreateToken = z.input<typeof CreateToken>;

export const RevokeToken = z.object({ tokenId: z.uuid(), reason: z.string().trim().max(2000).optional() });
export type RevokeToken = z.input<typeof RevokeToken>;

/** As MLflow's client takes the name of a workspace: it is part of addresses. */
const WorkspaceSlug = z
  .string()
  .trim()
  .min(2, "At least 2 characters.")
  .max(63, "At most 63 characters.")
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, "Lower-case letters and digits, separated by hyphens.")
  .refine((slug) => !["workspaces", "api", "ajax-api", "static-files"].includes(slug), "This name is reserved.");

const Reason = z.string().trim().min(1, "Enter a reason.").max(2000);

export const CreateWorkspace = z.object({ slug: WorkspaceSlug, name: Name });
export type CreateWorkspace = z.input<typeof CreateWorkspace>;

export const ArchiveWorkspace = z.object({ reason: Reason });
export type ArchiveWorkspace = z.input<typeof ArchiveWorkspace>;

export const RestoreWorkspace = z.object({ slug: z.string().max(63) });
export type RestoreWorkspace = z.input<typeof RestoreWorkspace>;

/** A workspace of the caller. */
export const OwnWorkspace = z.object({ slug: z.string(), name: z.string(), role: RoleName, isCurrent: z.boolean() });
export type OwnWorkspace = z.infer<typeof OwnWorkspace>;

/** Workspace in the view of an instance admin. */
export const Workspace = z.object({
  slug: z.string(),
  name: z.string(),
  /** Whether this is the workspace created at the first start, whose admins may create others. It cannot be archived. */
  isFirst: z.boolean(),
  members: z.number().int(),
  experiments: z.number().int(),
  models: z.number().int(),
  createdAt: z.date(),
  archivedAt: z.date().nullable(),
});
export type Workspace = z.infer<typeof Workspace>;

export const RenameWorkspace = z.object({ name: Name });
export type RenameWorkspace = z.input<typeof RenameWorkspace>;

/** Time zone in which the days, weeks and months of costs, budgets and reports start. */
export const SetWorkspaceTimeZone = z.object({ timeZone: TimeZone });
export type SetWorkspaceTimeZone = z.input<typeof SetWorkspaceTimeZone>;

/** Ordered by email; `after` is the last one of the page before. */
export const ListUsers = z.object({ limit, after: z.string().max(254).optional() });
export type ListUsers = z.input<typeof ListUsers>;

/** Newest first; `after` is the id of the last one of the page before. */
export const ListTokens = z.object({ limit, after: z.uuid().optional() });
export type ListTokens = z.input<typeof ListTokens>;

export const User = z.object({
  id: z.uuid(),
  email: z.string(),
  name: z.string(),
  role: RoleName,
  hasPassword: z.boolean(),
  usesCompanySignIn: z.boolean(),
  createdAt: z.date(),
  lastSignInAt: z.date().nullable(),
  disabledAt: z.date().nullable(),
});
export type User = z.infer<typeof User>;

export const Token = z.object({
  id: z.uuid(),
  name: z.string(),
  /** First characters of the secret. */
  prefix: z.string(),
  scopes: z.array(Scope),
  /** Null is all. */
  endpoints: z.array(z.string()).nullable(),
  ownerId: z.uuid(),
  ownerName: z.string(),
  createdAt: z.date(),
  expiresAt: z.date().nullable(),
  lastUsedAt: z.date().nullable(),
  revokedAt: z.date().nullable(),
});
export type Token = z.infer<typeof Token>;

/** The one moment at which a secret is known. */
export const NewToken = z.object({ token: Token, secret: z.string() });
export type NewToken = z.infer<typeof NewToken>;

/** New user; the password is present if Leeway generated one, and is shown once. */
export const NewUser = z.object({ user: User, password: z.string().optional() });
export type NewUser = z.infer<typeof NewUser>;

export const Viewer = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string().nullable(),
  role: RoleName,
  workspace: z.object({ id: z.uuid(), slug: z.string(), name: z.string(), timeZone: z.string() }),
  /** Undefined: everything the role may. */
  scopes: z.array(z.string()).optional(),
  hasPassword: z.boolean(),
  mustChangePassword: z.boolean(),
});
export type Viewer = z.infer<typeof Viewer>;
