import { z } from "zod";
import { limits } from "#server/base/limits.ts";
import { noControlCharacters, withoutControlCharacters } from "#server/base/text/control-characters.ts";
import { TimeZone } from "#server/base/time-zone.ts";
import { scopes } from "../permissions/permissions/permission.ts";
import { passwordLength, passwordProblems, roles } from "./constants.ts";

const RoleName = z.enum(roles);
export type Role = z.infer<typeof RoleName>;

export const Scope = z.enum(scopes);
export type Scope = z.infer<typeof Scope>;

const Email = z.string().max(limits.nameLength).trim().toLowerCase().pipe(z.email("Enter an email address.").max(254));
const Name = z.string().trim().min(1, "Enter a name.").max(100, "At most 100 characters.").check(noControlCharacters);

export type PasswordProblem = keyof typeof passwordProblems;

// In bytes of UTF-16, for the parser; requireStrongPassword counts characters.
const NewPasswordText = z
  .string()
  .min(1, "Enter a password.")
  .max(2 * passwordLength.max, passwordProblems.long);
const UserId = z.object({ userId: z.uuid() });
const limit = z.coerce.number().int().min(1).max(500).default(100);

/** Value of the cookie by which a browser is known, if it sent one. */
const BrowserCookie = z.string().max(100).optional();

export const SignIn = z.object({
  email: z.string().trim().toLowerCase().min(1).max(254),
  password: z.string().min(1).max(1024),
  /** Network address of the user who signs in. */
  address: z.string().max(100),
  browser: BrowserCookie,
});
export type SignIn = z.input<typeof SignIn>;

/** Code of an authenticator app, or a recovery code. */
const SecondFactorCode = z.string().max(100).optional();

export const SignInWithPassword = SignIn.extend({ code: SecondFactorCode });
export type SignInWithPassword = z.input<typeof SignInWithPassword>;

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

export const CreateUser = z.object({
  email: Email,
  name: Name,
  role: RoleName,
  /** False: the person signs in with the company account of this address. */
  hasPassword: z.boolean().default(true),
});
export type CreateUser = z.input<typeof CreateUser>;

export const ChangeRole = UserId.extend({ role: RoleName });
export type ChangeRole = z.input<typeof ChangeRole>;

/** A person, and why. */
const userWithReason = () => UserId.extend({ reason: z.string().trim().max(2000).optional() });

export const DisableUser = userWithReason();
export type DisableUser = z.input<typeof DisableUser>;

export const EnableUser = UserId;
export type EnableUser = z.input<typeof EnableUser>;

/** Whether to revoke all API tokens of the person as well. */
const revokeTokens = z.boolean().default(false);

export const CreateInvitation = z.object({ email: Email, role: RoleName });
export type CreateInvitation = z.input<typeof CreateInvitation>;

const InvitationId = z.object({ invitationId: z.uuid() });
export const ResendInvitation = InvitationId;
export type ResendInvitation = z.input<typeof ResendInvitation>;

export const RevokeInvitation = InvitationId;
export type RevokeInvitation = z.input<typeof RevokeInvitation>;

const InvitationSecret = z.string().max(100);
export const AcceptInvitation = z.object({ secret: InvitationSecret });
export type AcceptInvitation = z.input<typeof AcceptInvitation>;

export const SignInWithInvitation = z.object({
  secret: InvitationSecret,
  password: z.string().min(1).max(1024),
  /** Of the authenticator app of an existing account. */
  code: SecondFactorCode,
  /** For a new account. */
  name: z.string().max(200).optional(),
  address: z.string().max(100),
  browser: BrowserCookie,
});
export type SignInWithInvitation = z.input<typeof SignInWithInvitation>;

export const NewAccount = z.object({ name: Name, password: NewPasswordText });

export const DisableMembership = userWithReason();
export type DisableMembership = z.input<typeof DisableMembership>;

export const EnableMembership = UserId;
export type EnableMembership = z.input<typeof EnableMembership>;

export const RemoveMembership = userWithReason();
export type RemoveMembership = z.input<typeof RemoveMembership>;

export const ResetPassword = UserId.extend({ revokeTokens });
export type ResetPassword = z.input<typeof ResetPassword>;

export const ChangePassword = z.object({
  currentPassword: z.string().min(1, "Enter your current password.").max(1024),
  newPassword: NewPasswordText,
  revokeTokens,
});
export type ChangePassword = z.input<typeof ChangePassword>;

export const CreateToken = z.object({
  name: Name,
  scopes: z.array(Scope).max(limits.listLength).min(1, "Select at least one scope."),
  /** Names of the endpoints that it may use, for inference and everything else about endpoints; without it, all. */
  endpoints: z.array(z.string().min(1).max(128)).min(1, "Select at least one endpoint.").max(100).optional(),
  /** Time until the token expires; never when omitted. A token created with another token expires with that one at the latest. */
  expiresInDays: z.coerce.number().int().min(1).max(3650).optional(),
  /** Service account for which to create the token; without it, for the caller. */
  ownerId: z.uuid().optional(),
});
export type CreateToken = z.input<typeof CreateToken>;

export const RevokeToken = z.object({ tokenId: z.uuid(), reason: z.string().trim().max(2000).optional() });
export type RevokeToken = z.input<typeof RevokeToken>;

export const CreateServiceAccount = z.object({ name: Name, role: RoleName });
export type CreateServiceAccount = z.input<typeof CreateServiceAccount>;

export const DisableServiceAccount = z.object({
  serviceAccountId: z.uuid(),
  reason: z.string().trim().max(2000).optional(),
});
export type DisableServiceAccount = z.input<typeof DisableServiceAccount>;

export const RevokeSession = z.object({ sessionId: z.uuid() });
export type RevokeSession = z.input<typeof RevokeSession>;

export const RevokeSessionsOfUser = UserId.extend({ reason: z.string().trim().max(2000).optional() });
export type RevokeSessionsOfUser = z.input<typeof RevokeSessionsOfUser>;

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

const pageByEmail = () => z.object({ limit, after: z.string().max(254).optional() });

/** Ordered by email; `after` is the last one of the page before. */
export const ListUsers = pageByEmail();
export type ListUsers = z.input<typeof ListUsers>;

export const ListAccounts = pageByEmail();
export type ListAccounts = z.input<typeof ListAccounts>;

/** Newest first; `after` is the id of the last one of the page before. */
export const ListTokens = z.object({ limit, after: z.uuid().optional() });
export type ListTokens = z.input<typeof ListTokens>;

/** What belongs to a person's account, and so to the installation. */
const AccountState = z.object({
  hasPassword: z.boolean(),
  usesCompanySignIn: z.boolean(),
  lastSignInAt: z.date().nullable(),
  disabledAt: z.date().nullable(),
});

/** A member of the workspace. */
export const User = z.object({
  id: z.uuid(),
  email: z.string(),
  name: z.string(),
  role: RoleName,
  /** Since when they are a member. */
  createdAt: z.date(),
  /** Last use of this workspace, by session or token. */
  lastUsedAt: z.date().nullable(),
  /** Since when they may not use this workspace. */
  disabledAt: z.date().nullable(),
  /** Null for others than admins of the first workspace. */
  account: AccountState.nullable(),
});
export type User = z.infer<typeof User>;

/** A program's own account in one workspace: a role and tokens, but no sign-in. */
export const ServiceAccount = z.object({
  id: z.uuid(),
  name: z.string(),
  role: RoleName,
  createdAt: z.date(),
  disabledAt: z.date().nullable(),
  /** Number of its tokens that are neither revoked nor expired. */
  activeTokens: z.number().int(),
  /** Last use of any of its tokens. */
  lastUsedAt: z.date().nullable(),
});
export type ServiceAccount = z.infer<typeof ServiceAccount>;

/** Signed-in browser of the caller. */
export const Session = z.object({
  id: z.uuid(),
  /** Browser and operating system: "Firefox on Linux". Null if the browser does not say. */
  device: z.string().nullable(),
  /** Network address at sign-in. */
  address: z.string().nullable(),
  method: z.enum(["password", "oidc"]),
  createdAt: z.date(),
  /** At most a minute old while the session is in use. */
  lastSeenAt: z.date(),
  expiresAt: z.date(),
  /** Whether the caller uses this session now. */
  isCurrent: z.boolean(),
});
export type Session = z.infer<typeof Session>;

export const EndedSessions = z.object({ endedCount: z.number().int() });
export type EndedSessions = z.infer<typeof EndedSessions>;

/** An account in the view of an instance admin. */
export const Account = AccountState.extend({
  id: z.uuid(),
  email: z.string(),
  name: z.string(),
  createdAt: z.date(),
  /** Whether sign-in with the password asks for a code of an authenticator app. */
  hasSecondFactor: z.boolean(),
  /** Slugs of the workspaces of which they are a member. */
  workspaces: z.array(z.string()),
});
export type Account = z.infer<typeof Account>;

/** An invitation that is neither accepted, declined nor revoked. */
export const Invitation = z.object({
  id: z.uuid(),
  email: z.string(),
  role: RoleName,
  invitedByName: z.string(),
  createdAt: z.date(),
  expiresAt: z.date(),
  /** Last mail with the link; null if an admin handed over the link. */
  mail: z
    .object({
      at: z.date(),
      /** Time at which the mail server accepted it; null if it did not, or if sending was interrupted. */
      deliveredAt: z.date().nullable(),
      error: z.string().nullable(),
    })
    .nullable(),
});
export type Invitation = z.infer<typeof Invitation>;

/** New link of an invitation: shown once if Leeway cannot mail it. */
export const NewInvitation = z.object({ invitation: Invitation, link: z.string().optional() });
export type NewInvitation = z.infer<typeof NewInvitation>;

/** What the holder of a link sees before they decide. */
export interface OpenInvitation {
  email: string;
  role: Role;
  /** Slug of the workspace. */
  workspace: string;
  workspaceName: string;
  invitedByName: string;
  expiresAt: Date;
  /** Whether to choose a name and a password, because the address has no account and the link may create one. */
  createsAccount: boolean;
}

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
  /** Token with which this one was created; it never outlives that token. */
  parentTokenId: z.uuid().nullable(),
  createdAt: z.date(),
  expiresAt: z.date().nullable(),
  lastUsedAt: z.date().nullable(),
  /** Time at which the token was revoked, or a token with which it was created. */
  revokedAt: z.date().nullable(),
});
export type Token = z.infer<typeof Token>;

/** The one moment at which a secret is known. */
export const NewToken = z.object({ token: Token, secret: z.string() });
export type NewToken = z.infer<typeof NewToken>;

/** New user; the password is present if Leeway generated one, and is shown once. */
export const NewUser = z.object({ user: User, password: z.string().optional() });
export type NewUser = z.infer<typeof NewUser>;

/** Generated password of an account, shown once. */
export const NewPassword = z.object({ account: Account, password: z.string() });
export type NewPassword = z.infer<typeof NewPassword>;

export const Viewer = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string().nullable(),
  role: RoleName,
  workspace: z.object({ id: z.uuid(), slug: z.string(), name: z.string(), timeZone: z.string() }),
  /** Undefined: everything the role may. */
  scopes: z.array(z.string()).optional(),
  hasPassword: z.boolean(),
  usesCompanySignIn: z.boolean(),
  /** Whether the caller must change the password before anything else. */
  mustChangePassword: z.boolean(),
});
export type Viewer = z.infer<typeof Viewer>;
