import { sql } from "drizzle-orm";
import { boolean, index, pgTable, primaryKey, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { belongsTo, instant, ofWorkspace } from "./columns.ts";
import { role, users } from "./identity.ts";

/** Invitations of an email address to a workspace. Nobody becomes a member without accepting one. */
export const invitations = pgTable(
  "invitations",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    /** Lower case. Only the account of this address can accept. */
    email: text().notNull(),
    role: role().notNull(),
    /** SHA-256 of the link's secret, hex. The secret is in the link only. */
    secretHash: text().notNull(),
    /** Whether the link was only mailed to the address, so that having it proves the address. Otherwise an admin got to see it. */
    isMailed: boolean().notNull(),
    invitedBy: belongsTo(() => users.id),
    createdAt: instant().notNull().defaultNow(),
    expiresAt: instant().notNull(),
    acceptedAt: instant(),
    declinedAt: instant(),
    revokedAt: instant(),
  },
  (table) => [
    uniqueIndex("invitations_secret").on(table.secretHash),
    uniqueIndex("invitations_open")
      .on(table.workspaceId, table.email)
      .where(sql`${table.acceptedAt} is null and ${table.declinedAt} is null and ${table.revokedAt} is null`),
    index("invitations_email").on(table.email),
  ],
);

/** Mails with a link. Counted before they are sent, so that a crash does not lift the limit; one without a result was interrupted. */
export const invitationMails = pgTable(
  "invitation_mails",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    invitationId: belongsTo(() => invitations.id),
    at: instant().notNull().defaultNow(),
    /** Time at which the mail server accepted it. */
    deliveredAt: instant(),
    error: text(),
  },
  (table) => [
    index("invitation_mails_workspace").on(table.workspaceId, table.at),
    index("invitation_mails_invitation").on(table.invitationId, table.at),
  ],
);

/** Browsers that have signed in as a person, by their cookie. Guesses from elsewhere do not delay them. */
export const knownBrowsers = pgTable(
  "known_browsers",
  {
    userId: belongsTo(() => users.id),
    /** SHA-256 of the cookie's value, hex. */
    hash: text().notNull(),
    createdAt: instant().notNull().defaultNow(),
    expiresAt: instant().notNull(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.hash] })],
);
