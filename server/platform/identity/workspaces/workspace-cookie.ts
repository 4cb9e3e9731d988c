/** Cookie with the slug of the browser's current workspace. It grants no access: membership is checked in the database. */
export const workspaceCookieName = "leeway-workspace";
